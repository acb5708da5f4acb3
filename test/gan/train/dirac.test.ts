import { describe, expect, it } from 'vitest'
import { Gan, Loss, Projection, Reg, Update } from '../../../src/index.ts'
import { diracNorm } from '../../support/dirac.ts'
import type { DiracGame } from '../../support/dirac.ts'

/**
 * End values of ||(theta, psi)|| after 500 steps of size 0.2 from theta = 1, psi = -1; float64, by two independent
 * implementations of the game of Mescheder et al. (2018). Columns: simultaneous; generator first; generator first with 5
 * critic steps; discriminator first; discriminator first with 5 critic steps.
 */
const schedules: readonly DiracGame['update'][] = [
  Update.simultaneous,
  Update.alternating({ first: 'generator' }),
  Update.alternating({ first: 'generator', discriminatorSteps: 5 }),
  Update.alternating({ first: 'discriminator' }),
  Update.alternating({ first: 'discriminator', discriminatorSteps: 5 })
]
const names = [
  'simultaneous',
  'generator first',
  'generator first, 5 critic steps',
  'discriminator first',
  'discriminator first, 5 critic steps'
]

const r1 = (gamma: number) => Gan.withRegularizer('discriminator', Reg.r1({ gamma }))
const games: readonly (readonly [string, Omit<DiracGame, 'update'>, readonly number[]])[] = [
  ['GAN', { loss: Loss.minimax }, [3.09695, 1.42102, 1.84527, 1.4126, 1.70978]],
  ['NS-GAN', { loss: Loss.nonSaturating }, [0.640207, 0.283923, 0.138877, 0.27063, 0.156447]],
  [
    'WGAN with clipping',
    { loss: Loss.wasserstein, extra: Gan.withProjection('discriminator', Projection.clip(1)) },
    [1.00215, 1.02412, 0.916885, 0.984644, 1.0033]
  ],
  [
    'WGAN-GP',
    { loss: Loss.wasserstein, extra: Gan.withRegularizer('discriminator', Reg.gradientPenalty({ lambda: 0.35 })) },
    [1.80179, 1.22107, 0.716301, 1.28015, 0.720205]
  ],
  ['GAN with R1 0.3', { loss: Loss.minimax, extra: r1(0.3) }, [2.643e-6, 2.301e-7, 9.25e-34, 2.3827e-7, 9.11695e-34]],
  ['GAN with R1 1', { loss: Loss.minimax, extra: r1(1) }, [9.529e-22, 7.481e-17, 5.14e-12, 8.48867e-17, 5.40318e-12]],
  [
    'NS-GAN with R1 0.3',
    { loss: Loss.nonSaturating, extra: r1(0.3) },
    [2.212e-6, 1.499e-7, 3.98e-34, 1.63922e-7, 5.06663e-34]
  ]
]

/** As many digits as the published value has, at most 4 and at least 3. */
const digitsOf = (value: number): number =>
  Math.min(
    4,
    value
      .toPrecision(6)
      .replace(/e.*|[.-]/g, '')
      .replace(/^0+|0+$/g, '').length
  )

describe.each(games)('Dirac-GAN: %s', (_, game, expected) => {
  it.each(names.map((name, i) => [name, i] as const))('%s', async (__, i) => {
    const norm = await diracNorm({ ...game, update: schedules[i]! })
    const digits = digitsOf(expected[i]!)
    expect(norm.toPrecision(digits)).toBe(expected[i]!.toPrecision(digits))
  })
})
