import type { ObjectId } from 'mongodb';
import { customerHome, type Home, payingCustomers } from './customer-home.ts';
import { dirtSlot, documentOf, indexOfSlot, MISSING, NUMBER_FORMS, objectIdAt, TIME_FORMS } from './document-dirt.ts';
import { Random, uuidOf } from './random.ts';
import type { DEVICES } from './reference-data.ts';
import { DAY, HOUR, MINUTE, type Micros } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

export type SessionDocument = Record<string, unknown> & { _id: ObjectId; updated_at: Date };

const SYSTEMS = [
  { type: 'mobile', os: 'iOS', osVersion: '19.1', browser: 'Safari', browserVersion: '19' },
  { type: 'mobile', os: 'Android', osVersion: '16', browser: 'Chrome', browserVersion: '142' },
  { type: 'desktop', os: 'Windows', osVersion: '11', browser: 'Edge', browserVersion: '142' },
  { type: 'desktop', os: 'macOS', osVersion: '26.1', browser: 'Safari', browserVersion: '19' },
  { type: 'desktop', os: 'Linux', osVersion: '6.17', browser: 'Firefox', browserVersion: '145' },
  { type: 'tablet', os: 'iPadOS', osVersion: '19.1', browser: 'Safari', browserVersion: '19' },
] as const satisfies readonly { type: (typeof DEVICES)[number]; [field: string]: string }[];

const SLOT = {
  ids: { 0: MISSING, 1: null, 2: '' } as Readonly<Record<number, unknown>>,
  /** The same session once more, as it stood later. */
  again: [3, 4, 5],
  /** The same session with the same `updated_at`: only `_id` decides. */
  tie: 32,
  cleanSibling: 90,
  firstTime: 6,
  noDevice: 12,
  upperDevice: 13,
  numericVersion: 14,
  noLocation: 15,
  nullCountry: 16,
  lowerCountry: 17,
  noEvents: 18,
  eventsAsObject: 19,
  /** Changed in place the next day: still open at its own day's end. */
  open: 31,
  huge: 40,
} as const;

const ODD_TIMES = Object.fromEntries(
  Object.values(TIME_FORMS).map((form, position) => [SLOT.firstTime + position, form]),
);
const ODD_DURATIONS: Readonly<Record<number, (seconds: number) => unknown>> = {
  20: NUMBER_FORMS.long,
  21: NUMBER_FORMS.double,
  22: NUMBER_FORMS.decimal,
  23: NUMBER_FORMS.text,
  24: () => MISSING,
  25: () => null,
  26: () => -5,
  27: () => 'long',
  33: () => 12.5,
};
const ODD_ACTIVE: Readonly<Record<number, unknown>> = { 28: 'true', 29: 'false', 30: MISSING };

function insertedAt(world: World, day: number, index: number): Micros {
  return dayStart(world, day) + Math.floor(((index + 0.5) / world.sessionsPerDay) * DAY);
}

/** Session document `index` of `day` as first inserted. */
export function session(world: World, day: number, index: number): SessionDocument {
  const slot = dirtSlot(day, index);
  const tie = slot === SLOT.tie;
  const again = tie || (SLOT.again as readonly number[]).includes(slot);
  const origin = again ? indexOfSlot(day, SLOT.cleanSibling) : index;
  const random = new Random(world.seed, STREAM.session, day, origin);
  const at = insertedAt(world, day, index);
  const startMillis = Math.floor((insertedAt(world, day, origin) - random.below(30 * MINUTE)) / 1000);
  const seconds = random.below(1800) + (again ? 60 : 0);
  const customer = random.below(payingCustomers(world, day));
  const events = Array.from({ length: 1 + random.below(8) + (again ? 1 : 0) }, (_, position) =>
    eventOf(random, startMillis + position * 7000),
  );
  if (slot === SLOT.huge && index < 100) events.push(hugeEvent(world, day, startMillis));
  const fields = {
    _id: objectIdAt(at, world.seed, STREAM.sessionId, day, index),
    session_id: slot in SLOT.ids ? SLOT.ids[slot] : uuidOf(world.seed, STREAM.session, day, origin),
    session_start: ODD_TIMES[slot] ? ODD_TIMES[slot](startMillis) : new Date(startMillis),
    device: slot === SLOT.noDevice ? MISSING : deviceOf(slot, random),
    location: slot === SLOT.noLocation ? MISSING : locationOf(slot, customerHome(world, customer, day), random),
    events: slot === SLOT.noEvents ? MISSING : slot === SLOT.eventsAsObject ? { 0: events[0] } : events,
    sessionDuration: ODD_DURATIONS[slot] ? ODD_DURATIONS[slot](seconds) : seconds,
    isActive: slot in ODD_ACTIVE ? ODD_ACTIVE[slot] : slot === SLOT.open,
    updated_at: new Date(Math.floor((tie ? insertedAt(world, day, origin) : at) / 1000)),
  };
  return documentOf(fields) as SessionDocument;
}

function deviceOf(slot: number, random: Random): Record<string, unknown> {
  const system = random.pick(SYSTEMS);
  if (slot === SLOT.upperDevice) return { ...system, type: system.type.charAt(0).toUpperCase() + system.type.slice(1) };
  return slot === SLOT.numericVersion ? { ...system, osVersion: Number.parseFloat(system.osVersion) } : { ...system };
}

function locationOf(slot: number, home: Home, random: Random): Record<string, unknown> {
  const { code } = home.country;
  const country = slot === SLOT.nullCountry ? null : slot === SLOT.lowerCountry ? code.toLowerCase() : code;
  return {
    ip: `10.${random.below(256)}.${random.below(256)}.${random.below(256)}`,
    country,
    city: home.city,
  };
}

function eventOf(random: Random, millis: number): Record<string, unknown> {
  const type = random.pick(['page_view', 'page_view', 'click', 'form_submit']);
  const seen = { type, timestamp: new Date(millis), pageUrl: `/checkout?step=${random.below(4)}&q=caf%C3%A9` };
  if (type === 'click') return { ...seen, elementId: `btn-${random.below(20)}` };
  if (type === 'form_submit')
    return { ...seen, formId: 'address', formFields: { note: 'line 1\nline "2"', 'dotted.name': 'ok', empty: '' } };
  return random.chance(0.5) ? { ...seen, referrer: 'https://search.example/?q=a|b' } : seen;
}

/** Somebody pasted a document into a form field; every fifth day a very long one. */
function hugeEvent(world: World, day: number, millis: number): Record<string, unknown> {
  const bytes = day % 5 === 4 ? Math.min(world.hugeDocumentBytes * 4, 14_000_000) : world.hugeDocumentBytes;
  const text = 'Lorem ipsum "dolor" sit amet,\nünïcödé. ';
  const pasted = text.repeat(Math.ceil(bytes / Buffer.byteLength(text)));
  return {
    type: 'form_submit',
    timestamp: new Date(millis),
    pageUrl: '/support',
    formId: 'ticket',
    formFields: { pasted },
  };
}

/** The documents inserted on `day`, oldest first. */
export function* sessionsOf(world: World, day: number): Generator<SessionDocument> {
  for (let index = 0; index < world.sessionsPerDay; index++) yield session(world, day, index);
}

/** The sessions left open on the day before, closed on `day`. */
export function* sessionEdits(world: World, day: number): Generator<SessionDocument> {
  if (day === 0) return;
  for (let index = indexOfSlot(day - 1, SLOT.open); index < world.sessionsPerDay; index += 100) {
    const before = session(world, day - 1, index);
    const updated = Math.floor((dayStart(world, day) + HOUR / 2 + index * 1000) / 1000);
    yield {
      ...before,
      sessionDuration: Number(before.sessionDuration) + 3600,
      isActive: false,
      updated_at: new Date(updated),
    };
  }
}
