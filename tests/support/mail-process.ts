/*
 * The real bridge in a process of its own, which dies without a word at the step that DIE names: `server/mail/parse.ts readMail
 * after`. The steps are exported functions; modules are wrapped as they load, so the code itself knows nothing of this.
 */
import { registerHooks } from 'node:module';

const [file = '', name = '', moment = ''] = (process.env['DIE'] ?? '').split(' ');
const real = '?real';

registerHooks({
  load(url, context, nextLoad) {
    if (!file || !url.endsWith(`/${file}`)) return nextLoad(url, context);
    const inner = JSON.stringify(url + real);
    const source = `
      export * from ${inner};
      import { ${name} as inner } from ${inner};
      const die = () => { process.kill(process.pid, 'SIGKILL'); return new Promise(() => undefined); };
      export async function ${name}(...args) {
        if (${JSON.stringify(moment)} === 'before') await die();
        const result = await inner(...args);
        // Loops ask again and again: only an answer is a step.
        if (result !== null && !(Array.isArray(result) && result.length === 0)) await die();
        return result;
      }`;
    return { format: 'module', shortCircuit: true, source };
  },
});

const { decide } = await import('#server/config.ts');
const { open } = await import('#server/database/pool.ts');
decide({});
open(process.env['APP_URL'] ?? '', { connections: 8, name: 'lotse mail process' });
const { startMail } = await import('#server/mail/index.ts');
const bridge = await startMail();
process.stdout.write(`${bridge.smtpPort}\n`);
process.on('SIGTERM', () => void bridge.stop().then(() => process.exit(0)));
