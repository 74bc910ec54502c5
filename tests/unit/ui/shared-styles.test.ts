import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/* A stylesheet that is no component's own stays once it was loaded, and then holds on every page. */

/** Classes that a rule styles wherever they stand. */
function everywhere(css: string): string[] {
  const selectors = css.replaceAll(/\/\*.*?\*\//gs, '').matchAll(/(?:^|[}])\s*([^{}@]+)\{/g);
  const alone = [...selectors].flatMap(([, list = '']) => list.split(',').map((each) => each.trim()));
  return alone.flatMap((selector) => /^\.([\w-]+)$/.exec(selector)?.[1] ?? []);
}

const isManaging = (file: string) =>
  /^src\/(?:lib\/(?:admin|filters|blocks|inbox)|routes\/\(app\)\/\[workspace\]\/(?:settings|contacts))\//.test(file);
const others = globSync('src/**/*.svelte').filter((file) => !isManaging(file));

test('what lists in the administration share changes nothing on the board', () => {
  const shared = everywhere(readFileSync('src/lib/admin/list.css', 'utf8'));
  expect(shared).toContain('rows');
  expect(others).toContain('src/lib/board/CardFoot.svelte');
  const touched = others.flatMap((file) => {
    const used = [...readFileSync(file, 'utf8').matchAll(/class="([^"{]*)/g)].flatMap(([, names = '']) =>
      names.split(/\s+/),
    );
    return shared.filter((name) => used.includes(name)).map((name) => `${file}: ${name}`);
  });
  expect(touched).toEqual([]);
});
