/** Module hooks with which a process of plain Node runs the sources: types are taken away, file by file. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { transform } from 'sucrase'

const options = { transforms: ['typescript'], disableESTransforms: true, keepUnusedImports: true }

export const load = async (url, context, next) => {
  if (!url.endsWith('.ts')) return next(url, context)
  const text = await readFile(fileURLToPath(url), 'utf8')
  return {
    format: 'module',
    shortCircuit: true,
    source: transform(text, options).code
  }
}
