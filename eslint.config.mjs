import tseslint from 'typescript-eslint';

/** Node 20 answers wrongly for texts with letters such as ü once the call is optimised. */
const BROKEN_CAN_PARSE = {
  object: 'URL',
  property: 'canParse',
  message: 'Use parseUrl of src/domain/url.ts.',
};

export default tseslint.config(
  { ignores: ['dist', 'data', 'node_modules', 'coverage'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        // One program for the whole run: a service that opens file after file takes a sixth longer.
        project: './tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-restricted-properties': ['error', BROKEN_CAN_PARSE],
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', 'views/assets/*.js'],
    ...tseslint.configs.disableTypeChecked,
  },
  {
    files: ['src/**'],
    ignores: ['src/config/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        BROKEN_CAN_PARSE,
        { object: 'process', property: 'env', message: 'Only src/config reads the environment.' },
      ],
    },
  },
  // Programs for a terminal speak through the console; so do the build scripts and the examples.
  { files: ['scripts/**', 'examples/**', 'bench/**', 'test/support/*.mjs'], rules: { 'no-console': 'off' } },
);
