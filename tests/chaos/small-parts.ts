import { registerHooks } from 'node:module';

/*
 * Imported before a server's own code: a board of a few dozen tickets comes in parts there, as one of ten thousand does.
 */

const few = 4;
const many = /^(var|const) perPart = [\w.]+;$/m;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    // As the build has it.
    if (!/\/api\/v1\/_workspace_\/board\/_server\.ts\.js[^/]*$/.test(url)) return loaded;
    const source = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
    if (!many.test(source)) throw new Error('The size of a part is no longer where it was');
    return { ...loaded, source: source.replace(many, `const perPart = ${few};`) };
  },
});
