import tseslint from 'typescript-eslint';

const PURE_ROOMS = ['event-sourcing', 'filter', 'recovery', 'read-models', 'reactions'].map(
  (room) => `libs/${room}/**/*.ts`,
);

const NO_CLOCK = {
  selector: "NewExpression[callee.name='Date'][arguments.length=0]",
  message: 'Time comes in as an argument.',
};

const AT_MODULE_LEVEL = ':matches(Program, ExportNamedDeclaration) > VariableDeclaration';
const NOT_READONLY = ':not([id.typeAnnotation.typeAnnotation.typeName.name=/^Readonly/])';
const NO_MODULE_STATE = [
  `${AT_MODULE_LEVEL}[kind=/let|var/]`,
  // MadeOnce and the parser of filters hold nothing that an answer could depend on.
  `${AT_MODULE_LEVEL} > VariableDeclarator${NOT_READONLY} NewExpression:not([callee.name=/^(MadeOnce|MongoQueryParser)$/], :function *)`,
  `${AT_MODULE_LEVEL} > VariableDeclarator${NOT_READONLY}[init.properties.length=0]`,
  `${AT_MODULE_LEVEL} > VariableDeclarator[id.typeAnnotation.typeAnnotation.type='TSArrayType'][init.elements.length=0]`,
  'PropertyDefinition[static=true]:not([readonly=true])',
].map((selector) => ({
  selector,
  message: 'No memory at module level: let a value own it, or fence it in a folder named fast.',
}));

export default tseslint.config(
  { ignores: ['dist/**', 'coverage/**', 'node_modules/**'] },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
    },
  },
  {
    // The pure rooms: time, chance and the outside world come in as arguments.
    name: 'pure rooms',
    files: PURE_ROOMS,
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval', 'performance'],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random' },
        { object: 'Date', property: 'now' },
      ],
      'no-restricted-syntax': ['error', NO_CLOCK],
    },
  },
  {
    name: 'no memory at module level',
    files: PURE_ROOMS,
    ignores: ['**/*.spec.ts', '**/*.testing.ts', '**/fast/*.ts'],
    rules: { 'no-restricted-syntax': ['error', NO_CLOCK, ...NO_MODULE_STATE] },
  },
);
