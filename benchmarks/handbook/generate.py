"""The transactions of the Fraud Detection Handbook's simulator, made anew from its published definition.

usage: generate.py OUTPUT.csv [--customers 5000 --terminals 10000 --days 183]

Writes transaction_id, tx_datetime (UTC), customer_id, terminal_id, tx_amount, tx_time_seconds, tx_time_days, tx_fraud,
tx_fraud_scenario, in the order of time. With the default sizes the result is fixed to the cent and is checked: rows,
frauds and the sum of the amounts. Needs numpy.
"""

import argparse
import random
import sys

import numpy

RADIUS = 5
SECONDS_PER_DAY = 86_400
FIRST_DAY = numpy.datetime64("2018-04-01T00:00:00")
DEFAULT_SIZES = (5_000, 10_000, 183)
EXPECTED = {"rows": 1_754_155, "frauds": 14_681, "cents": 9_407_937_008}


def make_customers(count):
    """x, y, mean amount, payments per day; drawn customer by customer."""
    numpy.random.seed(0)
    draw = numpy.random.uniform
    return [(draw(0, 100), draw(0, 100), draw(5, 100), draw(0, 4)) for _ in range(count)]


def make_terminals(count):
    numpy.random.seed(1)
    draw = numpy.random.uniform
    return numpy.array([(draw(0, 100), draw(0, 100)) for _ in range(count)])


def payments_of(customer_id, customer, terminals, days):
    """One customer's payments: (day, second of the day, customer, terminal, amount)."""
    x, y, mean, rate = customer
    distance = numpy.sqrt(((terminals - numpy.array([x, y])) ** 2).sum(axis=1))
    near = numpy.nonzero(distance < RADIUS)[0].tolist()
    random.seed(customer_id)
    numpy.random.seed(customer_id)
    payments = []
    for day in range(days):
        for _ in range(numpy.random.poisson(rate)):
            second = int(numpy.random.normal(SECONDS_PER_DAY / 2, 20_000))
            if not 0 < second < SECONDS_PER_DAY:
                continue
            amount = numpy.random.normal(mean, mean / 2)
            if amount < 0:
                amount = numpy.random.uniform(0, mean * 2)
            if near:
                payments.append((day, second, customer_id, random.choice(near), numpy.round(amount, 2)))
    return payments


def mark_frauds(day, customer, terminal, amount, customers, terminals, days):
    """Amounts above 220; terminals under control for 28 days; stolen cards for 14. Changes the amounts of the third kind."""
    scenario = numpy.zeros(len(day), dtype=numpy.int8)
    scenario[amount > 220] = 1
    for start in range(days - 1):
        taken = numpy.random.RandomState(start).choice(terminals, size=2, replace=False)
        scenario[(day >= start) & (day < start + 28) & numpy.isin(terminal, taken)] = 2
    for start in range(days - 1):
        taken = numpy.random.RandomState(start).choice(customers, size=3, replace=False)
        theirs = numpy.nonzero((day >= start) & (day < start + 14) & numpy.isin(customer, taken))[0].tolist()
        random.seed(start)
        chosen = random.sample(theirs, k=int(len(theirs) / 3))
        amount[chosen] *= 5
        scenario[chosen] = 3
    return scenario


def generate(customers, terminals, days):
    places = make_terminals(terminals)
    payments = []
    for customer_id, customer in enumerate(make_customers(customers)):
        payments += payments_of(customer_id, customer, places, days)
    day, second, customer, terminal, amount = (numpy.array(column) for column in zip(*payments))
    order = numpy.argsort(day * SECONDS_PER_DAY + second, kind="stable")
    day, second, customer, terminal, amount = (c[order] for c in (day, second, customer, terminal, amount))
    scenario = mark_frauds(day, customer, terminal, amount, customers, terminals, days)
    return day * SECONDS_PER_DAY + second, day, customer, terminal, amount, scenario


def check(amount, scenario):
    cents = int(numpy.rint(amount * 100).sum())
    found = {"rows": len(amount), "frauds": int((scenario > 0).sum()), "cents": cents}
    if found != EXPECTED:
        sys.exit(f"not the handbook's data: {found}, expected {EXPECTED}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    parser.add_argument("--customers", type=int, default=DEFAULT_SIZES[0])
    parser.add_argument("--terminals", type=int, default=DEFAULT_SIZES[1])
    parser.add_argument("--days", type=int, default=DEFAULT_SIZES[2])
    args = parser.parse_args()
    sizes = (args.customers, args.terminals, args.days)
    seconds, day, customer, terminal, amount, scenario = generate(*sizes)
    if sizes == DEFAULT_SIZES:
        check(amount, scenario)
    moments = numpy.datetime_as_string(FIRST_DAY + seconds.astype("timedelta64[s]"), unit="s")
    with open(args.output, "w", encoding="ascii") as out:
        out.write("transaction_id,tx_datetime,customer_id,terminal_id,tx_amount,tx_time_seconds,tx_time_days,tx_fraud,tx_fraud_scenario\n")
        for i in range(len(amount)):
            moment = moments[i].replace("T", " ")
            fraud = 1 if scenario[i] else 0
            out.write(f"{i},{moment}Z,{customer[i]},{terminal[i]},{amount[i]:.2f},{seconds[i]},{day[i]},{fraud},{scenario[i]}\n")
    print(f"{len(amount)} rows, {int((scenario > 0).sum())} frauds, sum of amounts {amount.sum():.2f}")


if __name__ == "__main__":
    main()
