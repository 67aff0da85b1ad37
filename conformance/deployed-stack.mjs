// A stack in moto: what was asked for, and what its services answer.
import { resolve } from './asked-for.mjs';
import { READERS } from './read-back.mjs';

export class DeployedStack {
  #answers = new Map();

  /**
   * `made` has the physical ids, as CloudFormation tells them; `attribute` turns a service's attribute into what `Fn::GetAtt` is to
   * answer, where it is not the same; `exports` is what stacks before it export.
   */
  constructor({ stack, template, made, exports, attribute = (what, answered) => answered }) {
    Object.assign(this, { stack, template, made, exports, attribute });
  }

  /** Reads every resource back that there is a reader for. `onFailure` is told of what cannot be read. */
  async read(clients, onFailure) {
    for (const [id, { Type }] of Object.entries(this.template.Resources)) {
      if (!this.made.has(id) || !READERS[Type]) continue;
      try {
        const answer = await READERS[Type](clients, this.made.get(id).id, this.askedFor(id));
        if (answer) this.#answers.set(id, answer);
        else onFailure(id, Type, new Error('there is none'));
      } catch (error) {
        onFailure(id, Type, error);
      }
    }
  }

  /** A resource's properties, as the template asks for them, with all that is known by now in the place of references. */
  askedFor(id) {
    return this.resolved(this.template.Resources[id].Properties ?? {});
  }

  /** What the service answered: undefined for what was not read. */
  answerFor(id) {
    return this.#answers.get(id)?.properties;
  }

  resolved(value) {
    return resolve(value, {
      stackName: this.stack.name,
      imported: (name) => this.exports.get(name),
      reference: (id) => this.made.get(id)?.id ?? this.template.Parameters?.[id]?.Default,
      attribute: (id, name) => {
        const answered = this.#answers.get(id)?.attributes[name];
        return answered && this.attribute(`${this.template.Resources[id].Type}.${name}`, answered);
      },
    });
  }
}
