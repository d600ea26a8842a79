import { describe, expect, it } from 'vitest';
import { review } from '../../models/silver/review.ts';
import { session } from '../../models/silver/session.ts';
import { pick, runModel } from './run-model.ts';

const P = '0a0a0a0a-0a0a-4a0a-8a0a-0a0a0a0a0a0';
const C = '"0C0C0C0C-0C0C-4C0C-8C0C-0C0C0C0C0C0C"';
const reviewOf = (id: string, fields: Record<string, string | null>) => ({
  id,
  transaction_id: `"${P}${id}"`,
  customer_id: C,
  rating: '5',
  timestamp: '{"$date":"2026-11-01T10:00:00.123Z"}',
  updated_at: '2026-11-01T10:00:01Z',
  ...fields,
});

describe('silver.review', () => {
  it('reads a rating of any number type, relaxed and canonical Extended JSON alike', async () => {
    const ratings = [
      '4',
      '4.0',
      '{"$numberInt":"4"}',
      '{"$numberLong":"4"}',
      '{"$numberDouble":"4.0"}',
      '{"$numberDecimal":"4.0"}',
      '"4"',
      '" 4 "',
      '"4.0"',
      '4e0',
    ];
    const { rows, failed } = await runModel(review, {
      raw: ratings.map((rating, i) => reviewOf(i.toString(16), { rating })),
    });
    expect(pick(rows, 'rating')).toEqual(ratings.map(() => ['4']));
    expect(failed).toEqual({});
  });

  it('sends to quarantine what is no rating', async () => {
    const ratings = [
      '0',
      '6',
      '4.5',
      '{"$numberDouble":"NaN"}',
      '{"$numberDouble":"Infinity"}',
      '4.00000000000001',
      '"five"',
      '""',
      '"4e0"',
      'null',
      null,
      '[4]',
      'true',
      '99999999999999999999',
    ];
    const { failed } = await runModel(review, {
      raw: ratings.map((rating, i) => reviewOf(i.toString(16), { rating })),
    });
    expect(failed['rating is 1 to 5']).toHaveLength(ratings.length);
    expect(Object.keys(failed)).toEqual(['rating is 1 to 5']);
  });

  it('accepts dates and ISO strings with a zone, nothing else', async () => {
    const valid = [
      '{"$date":"2026-11-01T10:00:00Z"}',
      '{"$date":{"$numberLong":"1793527200000"}}',
      '"2026-11-01T10:00:00Z"',
      '"2026-11-01T12:00:00.000+02:00"',
      '"2026-11-01T10:00Z"',
    ];
    const bad = [
      '"2026-11-01T10:00:00"',
      '"2026-11-01"',
      '"yesterday at noon"',
      '"2026-13-01T10:00:00Z"',
      '1793527200000',
      '{"$numberLong":"1793527200000"}',
      'null',
      null,
    ];
    const { rows, failed } = await runModel(review, {
      raw: [...valid, ...bad].map((timestamp, i) => reviewOf(i.toString(16), { timestamp })),
    });
    expect(pick(rows, 'payment_id', 'reviewed_at')).toEqual(
      [...valid, ...bad].map((_, i) => [`${P}${i.toString(16)}`, i < valid.length ? '2026-11-01 10:00:00+00' : null]),
    );
    expect(failed).toEqual({
      'time of writing is valid': bad.map(
        (_, i) => `${P}${(valid.length + i).toString(16)}|${C.slice(1, -1).toLowerCase()}`,
      ),
    });
  });

  it('wants two uuids and writes them in lower case; the rest may be missing', async () => {
    const { rows, failed } = await runModel(review, {
      raw: [
        reviewOf('1', { transaction_id: `"${P}1"`.toUpperCase(), merchant_id: null, message: null }),
        reviewOf('2', { message: '"line 1\\nline \\"2\\" é"', merchant_id: '"M-1"' }),
        reviewOf('3', { transaction_id: `"tx-${P}3"` }),
        reviewOf('4', { customer_id: 'null' }),
        reviewOf('5', { transaction_id: null }),
      ],
    });
    const customer = C.slice(1, -1).toLowerCase();
    expect(pick(rows, 'document_id', 'payment_id', 'customer_id', 'merchant_id', 'message').sort()).toEqual([
      ['1', `${P}1`, customer, null, null],
      ['2', `${P}2`, customer, 'm-1', 'line 1\nline "2" é'],
      ['3', `tx-${P}3`, customer, null, null],
      ['4', `${P}4`, null, null, null],
      ['5', null, customer, null, null],
    ]);
    expect(failed).toEqual({
      'payment id is a uuid': ['null', `tx-${P}3|${customer}`],
      'customer id is a uuid': ['null'],
    });
  });

  it('ranks documents of one key by time of writing, then by id', async () => {
    const { rows } = await runModel(review, {
      raw: [
        reviewOf('9', { timestamp: '"2026-11-01T11:59:59+02:00"' }),
        reviewOf('8', {}),
        reviewOf('7', { timestamp: '{"$date":"2026-11-01T10:00:00.124Z"}' }),
        reviewOf('a', {}),
      ],
    });
    const ranked = [...rows].sort((x, y) => ((x.precedence ?? '') < (y.precedence ?? '') ? -1 : 1));
    expect(pick(ranked, 'document_id').flat()).toEqual(['9', '8', 'a', '7']);
  });
});

const sessionOf = (id: string, fields: Record<string, string | null>) => ({
  id,
  session_id: `"s${id}"`,
  session_start: '{"$date":"2026-11-01T10:00:00Z"}',
  duration: '60',
  events: '[{"type":"click"},{"type":"click"}]',
  updated_at: '2026-11-01T10:00:01Z',
  ...fields,
});

describe('silver.session', () => {
  it('normalises device, country and flags', async () => {
    const { rows, failed } = await runModel(session, {
      raw: [
        sessionOf('1', {
          device: '{"type":"Mobile","os":"iOS","osVersion":19.1,"browser":"Safari"}',
          location: '{"ip":"10.0.0.1","country":"de","city":"Köln"}',
          is_active: 'true',
        }),
        sessionOf('2', { device: null, location: 'null', is_active: '"false"', events: null, duration: null }),
        sessionOf('3', {
          device: '{}',
          location: '{"country":null}',
          is_active: '"yes"',
          duration: 'null',
          events: '[]',
        }),
      ],
    });
    expect(
      pick(
        rows,
        'session_id',
        'duration_seconds',
        'is_active',
        'event_count',
        'device_type',
        'os',
        'ip_address',
        'city',
        'country',
      ),
    ).toEqual([
      ['s1', '60', 'true', '2', 'mobile', 'iOS', '10.0.0.1', 'Köln', 'DE'],
      ['s2', null, 'false', '0', null, null, null, null, null],
      ['s3', null, null, '0', null, null, null, null, null],
    ]);
    expect(failed).toEqual({});
  });

  it('counts events by type, and keeps first and last page without what people typed', async () => {
    const events = (...list: object[]) => JSON.stringify(list);
    const { rows } = await runModel(session, {
      raw: [
        sessionOf('1', {
          events: events(
            { type: 'page_view', pageUrl: '/shop?q=my+name#top' },
            { type: 'page_view', pageUrl: '/cart' },
            { type: 'click', pageUrl: '/cart', elementId: 'b' },
            { type: 'form_submit', formFields: { type: 'click' } },
            { type: 'scroll', pageUrl: '/thanks' },
          ),
        }),
        sessionOf('2', { events: events({ type: 'click' }) }),
        sessionOf('3', { events: '[3, null]' }),
        sessionOf('4', { events: null }),
      ],
    });
    const counts = ['event_count', 'page_view_count', 'click_count', 'form_submit_count'];
    expect(pick(rows, ...counts, 'landing_page', 'exit_page')).toEqual([
      ['5', '2', '1', '1', '/shop', '/thanks'],
      ['1', '0', '1', '0', null, null],
      ['2', '0', '0', '0', null, null],
      ['0', '0', '0', '0', null, null],
    ]);
  });

  it('sends to quarantine what has no id, no start, no sensible length or no list of events', async () => {
    const { failed } = await runModel(session, {
      raw: [
        sessionOf('1', { session_id: null }),
        sessionOf('2', { session_id: 'null' }),
        sessionOf('3', { session_id: '""' }),
        sessionOf('4', { session_id: '7' }),
        sessionOf('5', { session_start: '1793527200000' }),
        sessionOf('6', { duration: '-5' }),
        sessionOf('7', { duration: '"long"' }),
        sessionOf('8', { duration: '12.5' }),
        sessionOf('9', { events: '{"0":{}}' }),
      ],
    });
    expect(failed).toEqual({
      'session id is there': ['', 'null', 'null', 'null'],
      'start is valid': ['s5'],
      'duration is missing or a whole number': ['s6', 's7', 's8'],
      'events are a list': ['s9'],
    });
  });
});
