/** Programs as docs/ideas.md prints them. */
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { Program, grad, jvp, mul, sin, sub, tensor } from '../../src/index.ts'
import type { Tensor } from '../../src/index.ts'

const page = readFileSync(new URL('../../docs/ideas.md', import.meta.url), 'utf8')
const blocks = Object.fromEntries(
  [...page.matchAll(/```text (\w+)\n([^]*?)\n```/g)].map(([, name, text]) => [name!, text!])
)

const f = (x: Tensor): Tensor => sin(mul(x, x))
const x = tensor(2)

it('docs/ideas.md shows what is printed', () => {
  expect(blocks).toEqual({
    trace: Program.show(Program.of(f, x)),
    jvp: Program.show(Program.of((at: Tensor, dx: Tensor) => jvp(f, [at], [dx])[1], x, x)),
    grad: Program.show(Program.of(grad(f), x)),
    step: Program.show(Program.of((at: Tensor) => sub(at, mul(0.1, grad(f)(at))), x))
  })
})
