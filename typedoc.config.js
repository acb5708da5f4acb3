import { OptionDefaults } from 'typedoc'

/** The pages of the book, in the order in which they are read. */
const pages = [
  'docs/getting-started.md',
  'docs/first-hour.md',
  'docs/ideas.md',
  'docs/gallery.md',
  'docs/coming-from.md',
  'docs/zoo.md',
  'docs/update-rules.md',
  'docs/lab.md',
  'docs/data.md',
  'docs/scale.md',
  'docs/embedding.md',
  'docs/engines.md',
  'docs/numerics.md',
  'docs/performance.md',
  'docs/results.md',
  'docs/architecture.md',
  'docs/primitives.md',
  'docs/testing.md',
  'docs/contributing.md'
]

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'saddlepoint',
  entryPoints: ['src/index.ts', 'src/figures.ts', 'src/run.ts'],
  out: 'out/book',
  customCss: 'docs/book.css',
  highlightLanguages: [...OptionDefaults.highlightLanguages, 'diff'],
  tsconfig: 'tsconfig.build.json',
  projectDocuments: pages,
  blockTags: [...OptionDefaults.blockTags, '@law', '@shape', '@reference', '@formula', '@cost', '@when'],
  excludeInternal: true,
  readme: 'README.md',
  disableSources: true,
  sort: ['source-order'],
  navigation: { includeGroups: false, includeFolders: false },
  searchInDocuments: true,
  treatValidationWarningsAsErrors: true,
  validation: { invalidLink: true, invalidPath: true, notExported: false, rewrittenLink: true }
}
