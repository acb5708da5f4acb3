import type { LoadModule } from './specOf.ts'

/** Loads a module of JavaScript as it is, and one of TypeScript without building it first. */
export const loadModule: LoadModule = async (path) => {
  if (/\.[cm]?js$/.test(path)) {
    const { pathToFileURL } = process.getBuiltinModule('node:url')
    const loaded = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
    return loaded.default
  }
  const { createJiti } = await import('jiti')
  return createJiti(import.meta.url).import(path, { default: true })
}
