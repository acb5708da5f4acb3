import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { Program, grad, jvp, matmul, mean, neg, ones, softplus } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'
import { optimize } from '../../src/compiler/rewrite/optimize.ts'
import { schedule } from '../../src/compiler/scheduleProgram.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const page = readFileSync(`${root}docs/architecture.md`, 'utf8')

/** The text of the page's block that is fenced as `text NAME`. */
const block = (name: string): string | undefined =>
  new RegExp(`\`\`\`text ${name}\n([\\s\\S]*?)\n\`\`\``).exec(page)?.[1]

describe('the walk through the architecture', () => {
  const loss = (w: Tensor, x: Tensor): Tensor => mean(softplus(neg(matmul(x, w))))
  const [w, x] = [ones([8, 1]), ones([64, 8])]
  const gradient = Program.of(grad(loss), w, x)
  const tangent = (at: Tensor, dw: Tensor, samples: Tensor): Tensor =>
    jvp((v: Tensor) => loss(v, samples), [at], [dw])[1]

  it.each([
    ['trace', () => Program.show(Program.of(loss, w, x))],
    ['jvp', () => Program.show(Program.of(tangent, w, w, x))],
    ['grad', () => Program.show(gradient)],
    ['optimize', () => Program.show(optimize(gradient))],
    [
      'schedule',
      () =>
        schedule(optimize(gradient))
          .kernels.map((kernel) =>
            kernel.kind === 'contraction'
              ? `contraction of ${kernel.primitives.join(', ')}: m ${String(kernel.m)}, n ${String(kernel.n)}, k ${String(kernel.k)}`
              : kernel.kind
          )
          .join('\n')
    ]
  ])('shows %s as it is', (name, shown) => expect(block(name)).toBe(shown()))
})

/** Files that readers write themselves, and what stands for any name. */
const own = ['mine.ts', 'NAME.ts']
const pages = readdirSync(`${root}docs`).filter((name) => name.endsWith('.md'))
const sources = new Set(
  ['src', 'kernels', 'test', 'examples', 'bench/studies', 'bench/cases']
    .flatMap((folder) => readdirSync(root + folder, { recursive: true, encoding: 'utf8' }))
    .map((name) => basename(name))
)

describe.each(['README.md', ...pages.map((name) => `docs/${name}`)])('%s', (file) => {
  it('names files and folders that exist', () => {
    const named = [
      ...readFileSync(root + file, 'utf8').matchAll(/[`(]((?:src|kernels|test|docs|bench)\/[\w./-]*)[`)]/g)
    ]
    expect(
      named.map(([, path]) => path!).filter((path) => !existsSync(root + path) && !own.includes(basename(path)))
    ).toEqual([])
  })

  it('names files of the source that exist, where it names them alone', () => {
    const named = [...readFileSync(root + file, 'utf8').matchAll(/`(?:[\w-]+\/)*([\w-]+\.ts)`/g)].map(
      ([, name]) => name!
    )
    expect(named.filter((name) => !sources.has(name) && !own.includes(name))).toEqual([])
  })
})
