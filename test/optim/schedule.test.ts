import { describe, expect, it } from 'vitest'
import * as Opt from '../../src/optim/opt.ts'
import { makeTensor } from '../../src/tensor/makeTensor.ts'
import type { Tensor } from '../../src/tensor/tensor.ts'
import { evaluate } from '../../src/transform/evaluate.ts'

const at = (schedule: Opt.Schedule, step: number): number =>
  evaluate((t: Tensor) => schedule(t), { precision: 'float64' })(makeTensor(step, [], 'int32')).data[0]!

describe.each<[string, Opt.NamedSchedule, readonly (readonly [number, number])[]]>([
  [
    'constant',
    Opt.constant(3),
    [
      [0, 3],
      [100, 3]
    ]
  ],
  [
    'linear',
    Opt.linear(2, 1, 10),
    [
      [0, 2],
      [5, 1.5],
      [10, 1],
      [11, 1],
      [1e6, 1]
    ]
  ],
  [
    'cosine',
    Opt.cosine(4, 2, 10),
    [
      [0, 4],
      [5, 3],
      [10, 2],
      [20, 2]
    ]
  ],
  [
    'exponential',
    Opt.exponential(8, 0.5, 10),
    [
      [0, 8],
      [10, 4],
      [15, 8 * 0.5 ** 1.5]
    ]
  ],
  [
    'warmUp',
    Opt.warmUp(4, Opt.linear(2, 0, 10)),
    [
      [0, 0.5],
      [1, 0.9],
      [3, 1.4],
      [5, 1],
      [10, 0]
    ]
  ],
  [
    'piecewise',
    Opt.piecewise(1, [
      [3, 0.5],
      [6, 0]
    ]),
    [
      [0, 1],
      [2, 1],
      [3, 0.5],
      [5, 0.5],
      [6, 0],
      [99, 0]
    ]
  ]
])('%s', (name, schedule, values) => {
  // prettier-ignore
  it.each(values)('at step %d is %d', (step, value) => expect(at(schedule, step)).toBeCloseTo(value, 12))
  it('knows its name and has no problems', () => {
    expect(schedule.schedule).toBe(name)
    expect(schedule.problems).toEqual([])
  })
  it('is a float32 scalar', () => {
    const value = schedule(makeTensor(4, [], 'int32'))
    expect(value.shape).toEqual([])
    expect(value.dtype).toBe('float32')
  })
})

describe('problems of schedules', () => {
  it('are collected, not thrown', () => {
    expect(Opt.linear(1, NaN, 0).problems.map(({ path, actual }) => [path, actual])).toEqual([
      [['to'], 'NaN'],
      [['steps'], '0']
    ])
    expect(Opt.exponential(1, -1, 10).problems).toHaveLength(1)
    expect(Opt.piecewise(1, [[5, 1], [5, 2]]).problems[0]).toMatchObject({ path: ['then'], actual: '[[5, 1], [5, 2]]' }) // prettier-ignore
  })

  it('reach the optimizer that uses the schedule', () =>
    expect(Opt.sgd({ learningRate: Opt.cosine(1, 0, -3) }).problems).toEqual([
      { path: ['learningRate', 'steps'], expected: 'a positive number', actual: '-3', hint: 'Change steps' }
    ]))
})
