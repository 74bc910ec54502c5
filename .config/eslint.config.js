import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from '../svelte.config.js';

export default ts.config(
  { ignores: ['build/', '.svelte-kit/', '.lotse/', 'node_modules/', 'src/lib/i18n/paraglide/', 'bench/'] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.node, ...globals.browser } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig, extraFileExtensions: ['.svelte'] } },
    // Kit's resolve() is for apps under a base path; Lotse has its own host.
    rules: { 'svelte/no-navigation-without-resolve': 'off' },
  },
  {
    rules: {
      'no-undef': 'off',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'max-lines': ['error', 250],
      'max-params': 'off',
      '@typescript-eslint/max-params': ['error', { max: 3 }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // All: of destructured $props, one bound from outside makes the others `let` too.
      'prefer-const': ['error', { destructuring: 'all' }],
      'no-console': 'error',
    },
  },
  {
    files: ['server/**/*.ts'],
    // Of the server alone: with all of the project in it, a quarter more work told it nothing more.
    languageOptions: { parserOptions: { project: 'tsconfig.server.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { arguments: false, attributes: false } },
      ],
      '@typescript-eslint/only-throw-error': 'error',
    },
  },
  { files: ['server/setup/**', 'tests/**', '.config/**'], rules: { 'no-console': 'off' } },
);
