export * from './heavy-batch-job';
export * from './heavy-batch-job-props';
export * from './heavy-batch-compute';
export * from './heavy-batch-compute-interface';
export * from './heavy-batch-fair-share';
export * from './heavy-batch-image-build';
export * from './heavy-batch-file-system';
