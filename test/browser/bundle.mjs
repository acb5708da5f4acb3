// Test pages as one folder of modules.
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const path = (name) => fileURLToPath(new URL(name, import.meta.url))

/** Tests read their files by these; a page is given what it reads. */
const withoutFiles = {
  name: 'without files',
  resolveId: (id) => (/^node:(fs|path)$/.test(id) ? '\0no files' : undefined),
  load: (id) =>
    id === '\0no files'
      ? 'const none = () => { throw new Error("a page has no files") }; export { none as readFileSync, none as join }'
      : undefined
}

/** A page that loads the module, bundled with the built library in the place of 'saddlepoint', as files by their path. */
export const pageOf = async (name, options = {}) => {
  const bundle = await rolldown({
    input: path(name),
    platform: 'browser',
    resolve: { alias: { saddlepoint: path('../../dist/src/index.js') } },
    transform: { define: { 'process.env': '{}' } },
    plugins: [withoutFiles],
    logLevel: 'silent',
    ...options
  })
  const { output } = await bundle.generate({ format: 'esm' })
  const entry = output.find((chunk) => chunk.isEntry).fileName
  return new Map([
    ...output.map((chunk) => [`/${chunk.fileName}`, chunk.code]),
    ['/index.html', `<!doctype html><title>page</title><script type="module" src="/${entry}"></script>`]
  ])
}
