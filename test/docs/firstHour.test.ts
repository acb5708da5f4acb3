/** docs/first-hour.md: its files are written and its commands run, in an empty folder, one after another. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { bundled } from '../cli/bundled.ts'

const page = readFileSync(fileURLToPath(new URL('../../docs/first-hour.md', import.meta.url)), 'utf8')

type Step = { readonly line: string } | { readonly file: string; readonly text: string }

/** What the page has a reader do: files to save, and command lines, in order. */
const steps = [...page.matchAll(/^```(\S+)(?: file=(\S+))?\n([^]*?)^```$/gm)].flatMap(
  ([, language, file, text = '']): readonly Step[] => {
    if (file !== undefined) return [{ file, text }]
    return language === 'sh'
      ? text
          .trimEnd()
          .split('\n')
          .map((line) => ({ line }))
      : []
  }
)

let folder = ''
let program = ''
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'saddlepoint-first-hour-'))
  program = await bundled()
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  rmSync(dirname(dirname(program)), { recursive: true, force: true })
})

const run = (line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const command = line.replace(/^npx saddlepoint/, `"${process.execPath}" "${program}"`)
    execFile('sh', ['-c', command], { cwd: folder }, (error, out, err) => {
      if (error === null) resolve(out)
      else reject(new Error(`${line}\n${err}`))
    })
  })

it('works as it is written', { timeout: 600_000 }, async () => {
  expect(steps.length).toBeGreaterThan(15)
  for (const step of steps) {
    if ('line' in step) await run(step.line)
    else writeFileSync(join(folder, step.file), step.text)
  }
  const made = [
    'runs/ring/report.html',
    'runs/mine/report.html',
    'data.png',
    'compared.html',
    'interpolation.png',
    'generator.onnx',
    'generator.safetensors',
    'sweeps/grid/report.html'
  ]
  expect(made.filter((name) => !existsSync(join(folder, name)))).toEqual([])
  expect(readFileSync(join(folder, 'samples.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(1000)
  expect(readFileSync(join(folder, 'sweeps/grid/results.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(4)
  expect(JSON.parse(readFileSync(join(folder, 'runs/mine/metrics.json'), 'utf8'))).toMatchObject({
    steps: 2000,
    stopped: 'done'
  })
})
