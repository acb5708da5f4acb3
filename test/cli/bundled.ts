/** The command line as plain Node runs it, module by module: tests that kill it need a process of its own. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Writes the command line below the project, where its packages are found, and returns the path of the program. */
export const bundled = async (): Promise<string> => {
  const dir = `${root}out/cli-${String(process.pid)}`
  const program = `${dir}/cli/main.js`
  if (existsSync(program)) return program
  const bundle = await rolldown({
    input: { 'cli/main': `${root}src/cli/main.ts`, 'cli/runner': `${root}src/cli/runner.ts` },
    platform: 'node',
    external: (id) => !/^[./]|^#/.test(id),
    logLevel: 'silent'
  })
  await bundle.write({ dir, format: 'esm', preserveModules: true, preserveModulesRoot: `${root}src` })
  await bundle.close()
  return program
}
