import { DefinitionError } from './definition-checks';
import { processorOf } from './map-definition';

/** Requires that every call of a state machine is one that is supported: of its tasks, and of the readers and writers of its distributed maps. */
export function requireSupportedResources(machine: Record<string, any>, isSupported: (resource: string) => boolean, supported: readonly string[]): void {
  for (const [name, state] of Object.entries<Record<string, any>>(machine.States)) {
    const resources = [state.Resource, state.ItemReader?.Resource, state.ResultWriter?.Resource].filter((resource) => resource !== undefined);
    const unsupported = resources.find((resource) => !isSupported(resource));
    if (unsupported) throw new DefinitionError(`state '${name}' has the resource ${unsupported}, which the emulator does not support; it supports ${supported.join(', ')}`);
    const inner = [...(state.Branches ?? []), ...(state.Type === 'Map' ? [processorOf(state)] : [])];
    for (const machineInside of inner) requireSupportedResources(machineInside, isSupported, supported);
  }
}
