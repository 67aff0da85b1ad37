// A template as moto can take it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from './cache.mjs';
import { REFERRED, standsFor, WANTED } from './moto-differences.mjs';
import { prepareVenv } from './venv.mjs';

/** The resource types that moto knows, and which of them it can `update` and `delete`. */
export async function motoTypes() {
  const { stdout, stderr } = spawnSync(await prepareVenv(), [path.join(ROOT, 'conformance', 'moto-types.py')], { encoding: 'utf8' });
  if (!stdout) throw new Error(`moto does not say which types it knows: ${stderr}`);
  return JSON.parse(stdout);
}

/** The stack's template with what moto wants of it, and without references that moto cannot follow. `onChange` is told of each change. */
export function motoTemplate(stack, types, onChange = () => {}) {
  const template = JSON.parse(fs.readFileSync(stack.file, 'utf8'));
  const addRole = (service) => {
    const id = `Moto${service.replace(/\W/g, '')}Role`;
    template.Resources[id] ??= {
      Type: 'AWS::IAM::Role',
      Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }] } },
    };
    return id;
  };
  for (const resource of Object.values(template.Resources)) {
    for (const { what, change } of WANTED) {
      if (what.startsWith(`${resource.Type}.`) && change(resource, addRole)) onChange(what);
    }
  }
  return { ...template, Resources: referred(template.Resources), Outputs: referred(template.Outputs ?? {}) };

  function referred(value) {
    if (Array.isArray(value)) return value.map(referred);
    if (typeof value !== 'object' || value === null) return value;
    const [id, name = 'Ref'] = [value['Fn::GetAtt'] ?? value.Ref ?? []].flat();
    const type = template.Resources[id]?.Type;
    if (type && !(type in types)) return standsFor(type, id);
    if (`${type}.${name}` in REFERRED) {
      onChange(`${type}.${name}`);
      return REFERRED[`${type}.${name}`].value(id);
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, referred(one)]));
  }
}
