import {
  audit,
  bigint,
  boolean,
  dataset,
  date,
  decimal,
  integer,
  key,
  pii,
  references,
  text,
  unique,
  week,
} from '../../core/builders.ts';
import { dimCustomer } from './dim-customer.ts';
import { dimDate } from './dim-date.ts';
import { factCustomerSegmentation } from './fact-customer-segmentation.ts';

const SEGMENTS = "('high-value', 'growth', 'at-risk', 'dormant')";

export const customerSegmentationSummary = dataset({
  name: 'gold.customer_segmentation_summary',
  description:
    'One row per week and customer who bought in the twelve weeks up to its end: recency, frequency and money, two segmentations of them, churn and lifetime value. Weeks do not add up: each looks at the same customers again.',
  owner: 'analytics',
  // With the week itself twelve weeks, 84 days.
  inputs: { spending: factCustomerSegmentation.window('77 days') },
  sql: 'marts/customer_segmentation_summary.sql',
  partitionBy: week('week_start'),
  columns: {
    week_start: key(date()).describe('Monday of the week; the look is from its end'),
    week_start_date_key: references(dimDate, 'date_key').describe('That day in dim_date'),
    customer_id: key(pii.identifier()).describe('Customer (uuid)'),
    customer_key: references(dimCustomer, 'customer_key').describe('The customer at the last purchase in dim_customer'),
    recency_days: integer().describe('Days from the last purchase to the end of the week, from 1: not additive'),
    frequency: bigint().describe('Captured payments in the twelve weeks: additive over customers, not over weeks'),
    monetary_eur: decimal(38, 2).describe('Their amounts in euros: additive over customers, not over weeks'),
    recency_score: integer().describe('Fifth of the customers, 1 to 5: 5 bought last; not additive'),
    frequency_score: integer().describe('Fifth of the customers, 1 to 5: 5 bought most often; not additive'),
    monetary_score: integer().describe('Fifth of the customers, 1 to 5: 5 spent most; not additive'),
    rfm_segment: text().describe('high-value, growth, at-risk or dormant, by rule from the three scores'),
    kmeans_segment: text().describe('high-value, growth, at-risk or dormant, by K-means over the ranks of the three'),
    is_churn_risk: boolean().describe('Away for more than twice the usual time between two days of buying'),
    yearly_value_eur: decimal(38, 2).describe(
      'What a year like the twelve weeks would bring, in euros: additive over customers, not over weeks',
    ),
    lifetime_value_eur: decimal(38, 2).describe(
      "What is to be expected until the customer leaves, in euros: money of the twelve weeks, divided by the share of that week's customers at risk of churn, for five years at most: additive over customers, not over weeks",
    ),
  },
  checks: [
    unique('week_start', 'customer_id'),
    audit(
      'segments are known',
      `SELECT * FROM {{this}} WHERE rfm_segment NOT IN ${SEGMENTS} OR kmeans_segment NOT IN ${SEGMENTS}`,
    ),
    audit(
      'a lifetime is twelve weeks to five years',
      'SELECT * FROM {{this}} WHERE lifetime_value_eur NOT BETWEEN monetary_eur AND 22 * monetary_eur',
    ),
    audit(
      'scores are fifths',
      'SELECT * FROM {{this}} WHERE least(recency_score, frequency_score, monetary_score) < 1',
    ),
  ],
});
