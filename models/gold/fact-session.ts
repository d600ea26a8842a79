import { boolean, dataset, date, day, integer, key, references, text, timestamp, unique } from '../../core/builders.ts';
import { session } from '../silver/session.ts';
import { dimDate } from './dim-date.ts';
import { dimDevice } from './dim-device.ts';
import { dimLocation } from './dim-location.ts';

export const factSession = dataset({
  name: 'gold.fact_session',
  description: 'One row per session of the web shop, its latest state.',
  owner: 'analytics',
  inputs: { session },
  sql: 'facts/fact_session.sql',
  partitionBy: day('session_date'),
  columns: {
    session_id: key(text()).describe('Session'),
    session_date: date().describe('UTC day on which it began'),
    session_date_key: references(dimDate, 'date_key').describe('That day in dim_date'),
    location_key: references(dimLocation, 'location_key').describe('City of the IP address in dim_location'),
    device_key: references(dimDevice, 'device_key').describe('dim_device'),
    device_type: text().describe('mobile, desktop, tablet or unknown'),
    os: text().describe('Operating system, or unknown'),
    browser: text().describe('Browser, or unknown'),
    started_at: timestamp().describe('When it began'),
    duration_seconds: integer().nullable().describe('Length; null when the document does not say'),
    is_active: boolean().nullable().describe('Still going on; null when the document does not say'),
    event_count: integer().describe('Events of the clickstream, of any type'),
    page_view_count: integer().describe('Of them page views'),
    click_count: integer().describe('Of them clicks'),
    form_submit_count: integer().describe('Of them forms that were sent'),
    landing_page: text().nullable().describe('Path of the first event'),
    exit_page: text().nullable().describe('Path of the last event'),
    is_bounce: boolean().describe('One event at most'),
  },
  checks: [unique('session_id')],
});
