/** What one cycle of each rule does to the bilinear game x y, whose field is (y, -x), by its closed form, in float64. */
import { describe, expect, it } from 'vitest'
import { Update } from '../../../../src/index.ts'
import { bilinearPath } from '../../../support/bilinear.ts'

type Point = readonly [x: number, y: number]

const h = 0.3
const start: Point = [0.8, -0.5]
const norm = ([x, y]: Point): number => Math.hypot(x, y)

/** How far apart two points are. */
const off = ([x, y]: Point, [u, v]: Point): number => Math.max(Math.abs(x - u), Math.abs(y - v))

describe.each<readonly [string, Update.Update, number]>([
  ['simultaneous', Update.simultaneous, Math.sqrt(1 + h ** 2)],
  ['extragradient', Update.extragradient(), Math.sqrt(1 - h ** 2 + h ** 4)],
  ['extragradient on one minibatch', Update.extragradient({ minibatches: 'same' }), Math.sqrt(1 - h ** 2 + h ** 4)],
  ['consensus', Update.consensus({ gamma: 0.7 }), Math.sqrt((1 - 0.7 * h) ** 2 + h ** 2)],
  ['consensus of weight 0', Update.consensus({ gamma: 0 }), Math.sqrt(1 + h ** 2)],
  ['symplectic', Update.symplectic({ lambda: 0.6 }), Math.sqrt((1 - 0.6 * h) ** 2 + h ** 2)],
  ['symplectic, aligned', Update.symplectic({ lambda: 0.6, align: true }), Math.sqrt((1 - 0.6 * h) ** 2 + h ** 2)],
  ['competitive', Update.competitive({ learningRate: h }), 1 / Math.sqrt(1 + h ** 2)],
  ['competitive of one step', Update.competitive({ learningRate: h, steps: 1 }), 1 / Math.sqrt(1 + h ** 2)],
  [
    'competitive by 40 terms',
    Update.competitive({ learningRate: h, solver: 'neumann', steps: 40 }),
    1 / Math.sqrt(1 + h ** 2)
  ]
])('bilinear %s', (_, rule, factor) => {
  it(`multiplies the distance from the equilibrium by ${factor.toFixed(6)} a cycle`, async () => {
    const path = await bilinearPath(rule, h, start, 4)
    path.slice(1).forEach((point, i) => {
      expect(Math.abs(norm(point) / norm(path[i]!) - factor)).toBeLessThan(1e-12)
    })
  })
})

describe.each<readonly [string, Update.Update, (at: Point, before: Point) => Point]>([
  ['alternating', Update.alternating(), ([x, y]) => [x - h * (y + h * x), y + h * x]],
  [
    'alternating with three critic steps',
    Update.alternating({ discriminatorSteps: 3 }),
    ([x, y]) => [x - h * (y + 3 * h * x), y + 3 * h * x]
  ],
  ['optimistic', Update.optimistic, ([x, y], [u, v]) => [x - h * (2 * y - v), y + h * (2 * x - u)]],
  ['unrolled by 4', Update.unrolled({ steps: 4 }), ([x, y]) => [x - h * (y + 2 * 4 * h * x), y + h * x]],
  [
    'unrolled by the discriminator',
    Update.unrolled({ steps: 2, leader: 'discriminator' }),
    // L_D = -y (x - 2 h y), the generator being two steps ahead.
    ([x, y]) => [x - h * y, y - h * (-x + 2 * 2 * h * y)]
  ],
  [
    'best response of 5 steps',
    Update.bestResponse({ steps: 5, tolerance: 0 }),
    ([x, y]) => [x - h * (y + 5 * h * x), y + 5 * h * x]
  ],
  [
    'best response of what is still enough',
    Update.bestResponse({ steps: 5, tolerance: 100 }),
    ([x, y]) => [x - h * y, y]
  ],
  [
    'lookahead of simultaneous, each cycle',
    Update.lookahead(Update.simultaneous, { period: 1, alpha: 0.25 }),
    ([x, y]) => [x - 0.25 * h * y, y + 0.25 * h * x]
  ],
  [
    'concatenated: extragradient, then alternating',
    Update.Monoid.concat(Update.extragradient(), Update.alternating()),
    ([x, y]) => {
      const [u, v] = [x - h * (y + h * x), y + h * (x - h * y)]
      return [u - h * (v + h * u), v + h * u]
    }
  ]
])('bilinear %s', (_, rule, next) => {
  it('is where the formula says', async () => {
    const path = await bilinearPath(rule, h, start, 5)
    path.slice(1).forEach((point, i) => {
      expect(off(point, next(path[i]!, path[i - 1] ?? path[i]!))).toBeLessThan(1e-12)
    })
  })
})

describe('bilinear lookahead', () => {
  it('goes back by alpha after every period, and is another rule in between', async () => {
    const alpha = 0.4
    const path = await bilinearPath(Update.lookahead(Update.simultaneous, { period: 3, alpha }), h, start, 7)
    const plain = ([x, y]: Point): Point => [x - h * y, y + h * x]
    let [at, slow] = [start, start]
    for (let cycle = 1; cycle <= 7; cycle++) {
      at = plain(at)
      if (cycle % 3 === 0) {
        const [u, v] = slow
        at = [u + alpha * (at[0] - u), v + alpha * (at[1] - v)]
        slow = at
      }
      expect(off(path[cycle]!, at)).toBeLessThan(1e-12)
    }
  })
})
