import { readFile } from 'node:fs/promises'
import { isRecord } from '../../tensor/tree.ts'

/** Lists what a module's imports of the library are: this very copy of it, also where none is installed. */
const library = async (text: string): Promise<Record<string, unknown>> => ({
  saddlepoint: await import('../../index.ts'),
  // Loaded only where they are named, since they load a plotting library.
  ...(text.includes('saddlepoint/figures') ? { 'saddlepoint/figures': await import('../../figures.ts') } : {}),
  ...(text.includes('saddlepoint/run') ? { 'saddlepoint/run': await import('../../run.ts') } : {})
})

/** Loads what a module of JavaScript or TypeScript exports. */
export const loadModule = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  const text = await readFile(file, 'utf8')
  const { createJiti } = await import('jiti')
  const jiti = createJiti(import.meta.url, { virtualModules: await library(text), fsCache: false, moduleCache: false })
  // Imported by Node itself, it would find the library that is installed beside it, which may be another copy.
  const loaded: unknown = await jiti.evalModule(text, { filename: file, async: true, forceTranspile: true })
  return isRecord(loaded) ? loaded : {}
}
