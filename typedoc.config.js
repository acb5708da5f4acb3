import { OptionDefaults } from 'typedoc'

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  entryPoints: ['src/index.ts', 'src/figures.ts', 'src/run.ts'],
  out: 'docs/api',
  tsconfig: 'tsconfig.build.json',
  blockTags: [...OptionDefaults.blockTags, '@law', '@shape', '@reference', '@formula', '@cost', '@when'],
  excludeInternal: true,
  readme: 'README.md'
}
