import type { MapRunInput } from './map-run';
import { numberIn } from './number-fields';
import { fill, Scope } from './paths';
import { LARGEST_PAYLOAD } from './payload';
import { runtimeError } from './task-error';

/**
 * Puts items into batches, one for each execution: as many as the limits of number and of bytes allow.
 * https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
 */
export function batchesOf(batcher: Record<string, any>, items: unknown[], scope: Scope): MapRunInput[] {
  const mostItems = limitIn(batcher, 'MaxItemsPerBatch', scope);
  const mostBytes = Math.min(limitIn(batcher, 'MaxInputBytesPerBatch', scope), LARGEST_PAYLOAD);
  const shared = batcher.BatchInput === undefined ? {} : { BatchInput: fill(batcher.BatchInput, scope) };
  const inputWith = (batch: unknown[]) => ({ ...shared, Items: batch });

  const batches: unknown[][] = [];
  for (const item of items) {
    const last = batches.at(-1);
    if (last && last.length < mostItems && Buffer.byteLength(JSON.stringify(inputWith([...last, item]))) <= mostBytes) last.push(item);
    else batches.push([item]);
  }
  return batches.map((batch) => ({ input: inputWith(batch), items: batch.length }));
}

function limitIn(batcher: Record<string, any>, field: string, scope: Scope): number {
  const limit = numberIn(batcher, field, 'integer', scope) ?? Infinity;
  if (limit <= 0) throw runtimeError(`${field} must be positive.`);
  return limit;
}
