/** The command line as one file that plain Node runs: tests that kill it need a process of its own. */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bundles the command line below the project, where its packages are found, and returns the path of the program. */
export const bundled = async (): Promise<string> => {
  const dir = `${root}out/cli-${String(process.pid)}`
  if (existsSync(`${dir}/main.js`)) return `${dir}/main.js`
  const bundle = await rolldown({
    input: { main: `${root}src/cli/main.ts` },
    platform: 'node',
    external: (id) => !/^[./]|^#/.test(id),
    logLevel: 'silent'
  })
  await bundle.write({ dir, format: 'esm' })
  await bundle.close()
  return `${dir}/main.js`
}
