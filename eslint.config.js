import tseslint from 'typescript-eslint'

/** What a file of ours may not contain; each entry says why, since the reader meets it as an error. */
const noClass = ['ClassDeclaration', 'ClassExpression'].map((selector) => ({
  selector,
  message: 'Write a record and functions: values here are plain data.'
}))
const noEnum = { selector: 'TSEnumDeclaration', message: 'Write a union of string literals.' }
const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: the file is called after it.'
}
const noThrow = {
  selector: 'ThrowStatement',
  message: 'Return an Either, or call the one function of src/tensor/error.ts that throws a tagged error.'
}
const noSlowFrom = {
  selector:
    "CallExpression[arguments.length>1][callee.property.name='from'][callee.object.name=/^(Float(32|64)|Big(Int|Uint)64|U?[Ii]nt(8|16|32)|Uint8Clamped)Array$/]",
  message: 'Four times slower than a loop or .map on the typed array.'
}

const noBareFpTs = {
  regex: '^fp-ts(/|$)',
  message: "Import '#fp-ts/Module': 'fp-ts/Module' crashes in plain Node, 'fp-ts/lib' bloats a browser bundle."
}
const noOwnPackage = { regex: '^saddlepoint(/|$)', message: 'Import the module itself, by its relative path.' }
const noStaticNode = {
  regex: '^node:',
  allowTypeImports: true,
  message:
    "A browser cannot load this: use await import('node:...') where it is needed (only src/cli imports it outright)."
}

/** Names that exist only in Node, or only say what platform this is. */
const nodeGlobals = ['process', 'Buffer', 'require', 'module', '__dirname', '__filename', 'global', 'setImmediate'].map(
  (name) => ({
    name,
    message: 'The library runs in browsers too: engines, data, io and the command line know the platform.'
  })
)

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'coverage/', 'out/', 'test/package/', 'test/fixtures/'] },

  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }
      ],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' }
      ],
      // Type parameters that occur once are how tuples and records keep their types through grad and pipe.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // An engine answers promises because another engine has to.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }
      ]
    }
  },

  {
    files: ['src/**/*.ts', 'kernels/**/*.ts'],
    rules: {
      'no-console': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-restricted-syntax': ['error', ...noClass, noEnum, noDefaultExport, noThrow, noSlowFrom],
      'no-restricted-globals': ['error', ...nodeGlobals],
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [noBareFpTs, noOwnPackage, noStaticNode] }]
    }
  },
  {
    // Index arithmetic over typed arrays: with noUncheckedIndexedAccess every read would need a test that cannot fail.
    files: [
      'kernels/**/*.ts',
      'src/{tensor,nest,program,primitives,ops,transform,compiler,engines,random,data,io,lab,run}/**/*.ts',
      'test/**/*.ts',
      'bench/**/*.ts'
    ],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' }
  },
  {
    // The one throw of the library.
    files: ['src/tensor/error.ts'],
    rules: {
      'no-restricted-syntax': ['error', noEnum, noDefaultExport, noSlowFrom],
      '@typescript-eslint/only-throw-error': 'off'
    }
  },
  {
    // A run time owns memories, workers and devices: there identity is the point.
    files: ['src/engines/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', noEnum, noDefaultExport, noThrow, noSlowFrom],
      'no-restricted-globals': 'off'
    }
  },
  { files: ['src/{data,io,run}/**/*.ts'], rules: { 'no-restricted-globals': 'off' } },
  {
    files: ['src/cli/**/*.ts'],
    rules: {
      'no-console': 'off',
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [noBareFpTs, noOwnPackage] }]
    }
  },

  {
    files: ['test/**/*.ts', 'bench/**/*.ts', 'examples/**/*.ts', '*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns: [noBareFpTs] }],
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off'
    }
  }
)
