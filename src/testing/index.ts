export { HeavyBatchAttempt } from './attempt';
export type { HeavyBatchAttemptOptions, HeavyBatchFailedAttemptOptions, HeavyBatchSucceededAttemptOptions } from './attempt';
export type { HeavyBatchDuration } from './duration';
export { HeavyBatchTestKit } from './test-kit';
export type { HeavyBatchTestContainer, HeavyBatchTestKitOptions } from './test-kit';
