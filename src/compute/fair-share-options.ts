import { Duration } from 'aws-cdk-lib';

/**
 * How jobs of different shares (teams, customers, kinds of work) divide one queue. Without it jobs are served in the order in which
 * they were submitted, and who submits ten thousand has the queue to himself.
 *
 * @see https://docs.aws.amazon.com/batch/latest/userguide/fair-share-scheduling.html
 */
export interface HeavyBatchFairShare {
  /**
   * What the vCPUs that a share uses are multiplied with, 0.0001 to 999.9999, by share identifier: one of 0.5 gets twice as much as
   * one of 1. An identifier is of letters and digits; with a `*` at its end it stands for all that begin so.
   *
   * Refused when two of them would mean the same share.
   *
   * @see https://docs.aws.amazon.com/batch/latest/APIReference/API_ShareAttributes.html
   * @default - 1 for each share
   */
  readonly weights?: { [shareIdentifier: string]: number };

  /**
   * For how long what a share used counts against it, up to 7 days.
   *
   * @default Duration.seconds(0) - only what it uses now
   */
  readonly shareDecay?: Duration;

  /**
   * Percentage of the vCPUs, 0 to 99, that is kept free for shares that have no job yet; with n shares at work, its n-th power.
   *
   * @default 0
   */
  readonly computeReservation?: number;
}
