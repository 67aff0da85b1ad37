// The constructs
export * from './heavy-batch-job';
export * from './heavy-batch-compute';
export * from './heavy-batch-queue-compute';
export * from './heavy-batch-map';
export * from './heavy-batch-api';

// Their interfaces, props and values
export * from './job/job-interface';
export * from './job/job-props';
export * from './job/allowed-overrides';
export * from './job/result-source';
export * from './job/container-props';
export * from './job/image-props';
export * from './job/linux-props';
export * from './job/file-system';
export * from './job/consumable-resource';
export * from './compute/compute-interface';
export * from './compute/compute-props';
export * from './compute/instance-props';
export * from './compute/queue-compute-props';
export * from './compute/regulated-props';
export * from './map/map-props';
export * from './map/list-format';
export * from './api/api-props';
export * from './api/api-value-type';
