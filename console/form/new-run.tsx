import { useEffect, useState } from 'preact/hooks';
import { RunForm } from './run-form';
import { parametersSchema } from '../../src/contract/api-runs';
import { jobsIn } from '../api/types';
import { useConsole, useTitle } from '../context';
import { hashOf } from '../router';

/** Starts a run of a job, with a form made of the OpenAPI document. */
export function NewRun({ job }: { readonly job?: string }) {
  const { document: api } = useConsole();
  const jobs = jobsIn(api);
  const [chosen, setChosen] = useState(job ?? jobs[0]);
  useEffect(() => setChosen(job ?? jobs[0]), [job]);
  useTitle('New run');
  const schema = chosen === undefined ? undefined : api.components?.schemas?.[parametersSchema(chosen)];
  return (
    <div class="narrow">
      <h1>New run</h1>
      {jobs.length > 1 && (
        <label class="field">
          <span class="name">Job</span>
          <select value={chosen} onChange={({ currentTarget }) => { location.hash = hashOf({ view: 'new', job: currentTarget.value }); }}>
            {jobs.map((one) => <option key={one} value={one}>{one}</option>)}
          </select>
        </label>
      )}
      {chosen && schema ? <RunForm key={chosen} job={chosen} schema={schema} /> : <p class="notice bad">This API has no job{chosen ? ` ${chosen}` : ''}.</p>}
    </div>
  );
}
