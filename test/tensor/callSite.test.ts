/** What a program prints that ends in an error of the library: built in the ways in which programs are built. */
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const place = mkdtempSync(join(tmpdir(), 'saddlepoint-site-'))
const app = join(place, 'app')

const program = `
import { pipe } from 'fp-ts/lib/function.js'
import { add } from 'saddlepoint/src/ops/arithmetic.js'
import { tensor } from 'saddlepoint/src/ops/creation.js'
const mine = () => pipe(tensor([1, 2]), (x) => [x].map((y) => add(y, tensor([1, 2, 3]))))
mine()
`

const files = (input: string | string[], dir: string, external: boolean, preserveModules: boolean) => ({
  input: { input, platform: 'node' as const, ...(external ? { external: [/^saddlepoint|^fp-ts/] } : {}) },
  output: {
    dir,
    format: 'esm' as const,
    sourcemap: true,
    entryFileNames: '[name].js',
    ...(preserveModules ? { preserveModules, preserveModulesRoot: root } : {})
  }
})

const build = async ({ input, output }: ReturnType<typeof files>): Promise<void> => {
  const bundle = await rolldown({ ...input, logLevel: 'silent' })
  await bundle.write(output)
  await bundle.close()
}

/** What Node prints on the way out, with source maps or without. */
const printed = (file: string, ...flags: readonly string[]): Promise<string> =>
  new Promise((resolve) => {
    execFile(process.execPath, [...flags, file], (_, __, stderr) => {
      resolve(stderr)
    })
  })

beforeAll(async () => {
  const library = join(app, 'node_modules/saddlepoint')
  mkdirSync(library, { recursive: true })
  writeFileSync(join(app, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(library, 'package.json'), '{ "name": "saddlepoint", "type": "module" }')
  symlinkSync(join(root, 'node_modules/fp-ts'), join(app, 'node_modules/fp-ts'))
  writeFileSync(join(app, 'main.js'), program)
  await build(
    files(
      ['arithmetic', 'creation'].map((name) => join(root, `src/ops/${name}.ts`)),
      library,
      false,
      true
    )
  )
  await build(files(join(app, 'main.js'), join(app, 'bundled'), false, false))
  await build(files(join(app, 'main.js'), join(app, 'mapped'), true, false))
})
afterAll(() => {
  rmSync(place, { recursive: true })
})

describe.each([['without source maps'], ['with source maps', '--enable-source-maps']])('%s', (_, ...flags) => {
  it.each(['main.js', 'mapped/main.js', 'bundled/main.js'])(
    'an error that nobody catches says its sentence: %s',
    async (file) => {
      const text = await printed(join(app, file), ...flags)
      expect(text).toMatch(/SaddlepointError\]?: ShapeMisfit in add: expected shapes that broadcast/)
      expect(text).toContain('float32[2] and float32[3]')
    }
  )

  it("the call site is the user's own line", async () =>
    expect(await printed(join(app, 'main.js'), ...flags)).toMatch(/called at .*app\/main\.js:5:\d+/))

  it('a source map is followed where the library lies file by file', async () =>
    expect(await printed(join(app, 'mapped/main.js'), ...flags)).toMatch(flags.length > 0 ? /called at .*app\/main\.js:5:\d+/ : /called at .*app\/mapped\/main\.js:/)) // prettier-ignore

  it('nothing is said in a bundle', async () =>
    expect(await printed(join(app, 'bundled/main.js'), ...flags)).not.toContain('called at'))
})

it('a runtime that lets nothing be changed gets its error all the same', async () =>
  expect(await printed(join(app, 'main.js'), '--frozen-intrinsics')).toContain("_tag: 'ShapeMisfit'"))
