/** An engine that fails: each failure becomes an Issue that says what the engine said, and nothing rejects. */
import { describe, expect, it } from 'vitest'
import { pipe } from '#fp-ts/function'
import * as E from '#fp-ts/Either'
import * as TE from '#fp-ts/TaskEither'
import { Gan, Objective, Reg, mean } from '../../../src/index.ts'
import type { Engine, EngineFault, Executable, Resident } from '../../../src/engines/engine.ts'
import { reference } from '../../../src/engines/reference.ts'
import { batchAt, bits, compiled, failed, leftOf, points, rightOf, smallSpec, trained } from '../../support/smallGan.ts'
import { examine } from '../../../src/gan/check/validate.ts'

type Stage = 'compile' | 'run' | 'resident' | 'advance' | 'snapshot'

const fault: EngineFault = {
  _tag: 'OutOfMemory',
  engine: 'frail',
  expected: 'memory for it',
  actual: 'none left',
  hint: 'Buy more'
}

/** The reference engine, which fails at the stage while `fails` says so: by a fault, or by a promise that rejects. */
const frail = (stage: Stage, fails: () => boolean, rejects = false): Engine => {
  const failing = (): Promise<E.Either<EngineFault, never>> =>
    rejects ? Promise.reject(new Error('broken engine')) : Promise.resolve(E.left(fault))
  const at =
    <A>(here: Stage, task: TE.TaskEither<EngineFault, A>): TE.TaskEither<EngineFault, A> =>
    async () =>
      stage === here && fails() ? failing() : task()
  const residentOf = (whole: Resident): Resident => ({
    ...whole,
    advance: (iteration) => at('advance', whole.advance(iteration)),
    snapshot: () => at('snapshot', whole.snapshot())
  })
  const executableOf = (whole: Executable): Executable => ({
    ...whole,
    run: (inputs) => at('run', whole.run(inputs)),
    resident: (carry) => at('resident', pipe(whole.resident(carry), TE.map(residentOf)))
  })
  return {
    name: 'frail',
    compile: (program, options) => at('compile', pipe(reference().compile(program, options), TE.map(executableOf)))
  }
}

const always = () => true

const issueOfFault = {
  _tag: 'EngineFailed',
  path: ['engine'],
  expected: 'memory for it',
  actual: 'none left (OutOfMemory, engine frail)',
  hint: 'Buy more',
  severity: 'error'
}
const issueOfRejection = {
  _tag: 'EngineFailed',
  path: ['engine'],
  actual: expect.stringContaining('Error: broken engine (EngineFailed, engine frail)') as string,
  cause: new Error('broken engine')
}

const training = (engine: Engine) => pipe(smallSpec(), Gan.train({ data: points, batchSize: 4, steps: 3, engine }))()

describe('training on an engine that fails', () => {
  it.each(['compile', 'resident', 'advance', 'snapshot'] as const)('at %s gives its fault', async (stage) => {
    expect(leftOf(await training(frail(stage, always)))).toEqual([issueOfFault])
  })
  it.each(['compile', 'resident', 'advance', 'snapshot'] as const)('at %s, and rejects', async (stage) => {
    expect(leftOf(await training(frail(stage, always, true)))).toMatchObject([issueOfRejection])
  })
})

describe('a training that an engine fails after some steps', () => {
  it.each(['advance', 'snapshot'] as const)('by %s, gives back the last sound state', async (stage) => {
    for (const rejects of [false, true]) {
      let calls = 0
      const engine = frail(stage, () => ++calls > 2, rejects)
      const { issues, reached } = await failed(smallSpec(), {
        engine,
        steps: 40,
        stateEvery: 1,
        onState: () => undefined
      })
      expect(issues).toMatchObject([rejects ? issueOfRejection : issueOfFault])
      expect(reached!.stepsDone).toBe(2)
      expect(bits(reached!.state)).toEqual(bits((await trained(smallSpec(), { steps: 2 })).state))
    }
  })
})

describe('a trainer on an engine that fails', () => {
  it.each([false, true])('answers, and goes on when the engine does (rejects: %s)', async (rejects) => {
    const expected = [rejects ? issueOfRejection : issueOfFault]
    for (const stage of ['advance', 'snapshot'] as const) {
      let fails = false
      const step = await compiled(smallSpec(), { sampler: points, engine: frail(stage, () => fails, rejects) })
      const trainer = rightOf(await step.trainer(await step.init(0))())
      rightOf(await trainer.advance(2)())
      fails = true
      const failed = stage === 'advance' ? await trainer.advance(1)() : await trainer.snapshot()()
      expect(E.isLeft(failed) && failed.left).toMatchObject(expected)
      fails = false
      rightOf(await trainer.advance(1)())
      expect(rightOf(await trainer.snapshot()()).step.data).toEqual(Int32Array.of(3))
      trainer.dispose()
      step.dispose()
    }
  })
  it('is not made where the state does not get into the engine', async () => {
    const step = await compiled(smallSpec(), { sampler: points, engine: frail('resident', always) })
    expect(leftOf(await step.trainer(await step.init(0))())).toEqual([issueOfFault])
    step.dispose()
  })
})

describe('a step on an engine that fails', () => {
  it('rejects with the fault, by the tagged error', async () => {
    const step = await compiled(smallSpec(), { engine: frail('run', always) })
    await expect(step(await step.init(0), batchAt(0))).rejects.toMatchObject({
      _tag: 'InvalidArgument',
      op: 'step',
      expected: 'memory for it as engine',
      actual: issueOfFault.actual,
      hint: 'Buy more'
    })
    step.dispose()
  })
  it('is compiled again where that failed, and once where it did not', async () => {
    // Terms of period 2: steps 0, 2 ... have one executable, steps 1, 3 ... another.
    const spec = smallSpec(Gan.withRegularizer('discriminator', Objective.every(2)(Reg.r1({ gamma: 1 }))))
    let fails = false
    let compilations = 0
    const engine = frail('compile', () => {
      compilations++
      return fails
    })
    const step = await compiled(spec, { engine })
    const [one] = await step(await step.init(0), batchAt(0))
    expect(compilations).toBe(1)
    fails = true
    await expect(step(one, batchAt(1))).rejects.toMatchObject({ expected: 'memory for it as engine' })
    fails = false
    const [two] = await step(one, batchAt(1))
    expect(compilations).toBe(3)
    const [again] = await step(one, batchAt(1))
    await step(two, batchAt(2))
    expect(compilations).toBe(3)
    expect(bits(again)).toEqual(bits(two))
    step.dispose()
  })
})

describe('a term that fails inside the step alone', () => {
  /** Examining the spec has traced it before: how often, the test counts. */
  const failingAfter = (n: number, cause: () => unknown): { readonly term: Gan.Term; readonly count: () => number } => {
    let count = 0
    return {
      term: ({ D, real }) => {
        if (count++ === n) throw cause()
        return mean(D(real))
      },
      count: () => count
    }
  }
  it.each<readonly [string, () => unknown, string]>([
    ['by an error of its own', () => new TypeError('late'), 'TypeError: late'],
    ['by what is no error', () => 'late', 'late']
  ])('%s is told as a part of the update', async (_, cause, actual) => {
    const counted = failingAfter(Infinity, cause)
    expect(examine(smallSpec(Gan.withRegularizer('discriminator', counted.term)), 4).issues).toEqual([])
    const late = failingAfter(counted.count(), cause)
    const spec = smallSpec(Gan.withRegularizer('discriminator', late.term))
    const issues = leftOf(await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))())
    expect(issues).toMatchObject([{ _tag: 'TermFailed', path: ['update'], actual }])
  })
  it('by a misfit, too', async () => {
    const misfit = (n: number) => {
      let count = 0
      const term: Gan.Term = ({ D, real }) => mean(D(count++ === n ? mean(real) : real))
      return { term, count: () => count }
    }
    const counted = misfit(Infinity)
    examine(smallSpec(Gan.withRegularizer('discriminator', counted.term)), 4)
    const spec = smallSpec(Gan.withRegularizer('discriminator', misfit(counted.count()).term))
    const issues = leftOf(await pipe(spec, Gan.compile({ batchSize: 4, engine: 'reference' }))())
    expect(issues).toMatchObject([{ _tag: 'TermFailed', path: ['update'], actual: expect.stringContaining('Misfit') }])
  })
})
