// Short names for the arbitraries of fast-check that the suites use most.
import fc from 'fast-check';

/** One of the values; the first is the simplest. */
export const pick = (...values) => fc.constantFrom(...values);

/** True with this probability in percent. */
export const chance = (percent) => weighted([100 - percent, fc.constant(false)], [percent, fc.constant(true)]);

/** One of the arbitraries, by weight; the first is the simplest. */
export const weighted = (...choices) => fc.oneof(...choices.map(([weight, arbitrary]) => ({ weight, arbitrary })));

export const listOf = (arbitrary, minLength, maxLength) => fc.array(arbitrary, { minLength, maxLength });

export const between = (min, max) => fc.integer({ min, max });
