import { StrataError } from '../../core/errors.ts';
import { QUEUES, type Queue, queueName } from '../../core/queue-names.ts';
import { suggestion } from '../../core/suggest.ts';
import type { Register } from '../cli.ts';
import { EXIT } from '../exit-codes.ts';
import { untilInterrupted } from '../interrupted.ts';
import { sqlRootOf } from '../load-project.ts';
import { list } from '../option-values.ts';

export const worker: Register = (parent, cli) => {
  parent
    .command('worker')
    .description('serve the project: poll the queues until Ctrl-C')
    .option('--queues <names>', `some of ${QUEUES.join(', ')}; default: all`, list)
    .action(
      cli.action<[], { queues?: readonly string[] }>(async ({ settings, project, out }, _, options) => {
        const { startWorker } = await import('../../workers/worker.ts');
        const queues = checkQueues(options.queues ?? QUEUES);
        const loaded = await project();
        const interrupted = untilInterrupted();
        const running = await startWorker(
          settings,
          { project: loaded, sqlRoot: sqlRootOf(settings.project, loaded) },
          { queues },
        );
        const names = queues.map((queue) => queueName(settings.env, queue)).join(', ');
        out.note(`serving ${loaded.name} at ${settings.temporal.address}: ${names}`);
        const ended = await Promise.race([interrupted, running.finished.then(() => EXIT.ok)]);
        running.stop();
        await running.finished;
        out.note('stopped');
        return ended;
      }),
    );
};

function checkQueues(given: readonly string[]): Queue[] {
  const known = new Map<string, Queue>(QUEUES.map((queue) => [queue, queue]));
  return given.map((name) => {
    const queue = known.get(name);
    if (queue !== undefined) return queue;
    throw new StrataError('bad_input', `--queues: there is no queue ${name}`, {
      hint: suggestion(name, QUEUES),
    });
  });
}
