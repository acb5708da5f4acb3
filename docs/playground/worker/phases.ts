import { E, Gan, Update } from '../../../src/core.ts'
import { variantAt } from '../../../src/gan/game/updates/rule.ts'

/** A cycle of training phase by phase, for those who want to see what each does. */
export interface Phases {
  /** Lists whom the phases move of the cycle that begins at a step. */
  readonly at: (step: number) => readonly (readonly string[])[]
  /**
   * Computes the state after the first so many phases of the cycle that begins with a state. It is for looking at: training
   * goes on from the state before the cycle, and comes to the same.
   */
  readonly after: (state: Gan.State, count: number) => Promise<E.Either<Gan.Issues, Gan.State>>
  readonly dispose: () => void
}

const ruleAt = ({ update }: Gan.Spec, step: number): Update.Update => {
  const variant = variantAt(update, step)
  return E.isRight(variant) ? variant.right.rule : update
}

/** Makes the rule whose first phases move as those of another, and whose others take their minibatches and move nobody. */
const firstOf = (rule: Update.Update, count: number): Update.Update =>
  Update.of(`first of ${rule.name}`, (players) => {
    const phases = rule.phases(players)
    const still = new Map(
      phases.map((phase): [Update.Phase, Update.Phase] => [
        phase,
        { ...phase, run: (_, position, memory) => [position, memory] }
      ])
    )
    return phases.map((phase, i) => (i < count ? phase : (still.get(phase) ?? phase)))
  })

/** Makes the phases of a spec's cycles, each compiled when it is first asked for. */
export const phasesFor = (spec: Gan.Spec, options: Gan.CompileOptions): Phases => {
  const compiled = new Map<string, Gan.TrainingStep>()
  const stepFor = async (step: number, count: number): Promise<E.Either<Gan.Issues, Gan.TrainingStep>> => {
    const variant = variantAt(spec.update, step)
    const key = `${String(count)} of ${E.isRight(variant) ? variant.right.key : ''}`
    const known = compiled.get(key)
    if (known !== undefined) return E.right(known)
    const made = await Gan.compile(options)({ ...spec, update: firstOf(ruleAt(spec, step), count) })()
    if (E.isRight(made)) compiled.set(key, made.right)
    return made
  }
  return {
    at: (step) =>
      ruleAt(spec, step)
        .phases(Object.keys(spec.networks).sort())
        .map(({ players }) => players),
    after: async (state, count) => {
      const step = await stepFor(state.step.data[0] ?? 0, count)
      if (E.isLeft(step)) return step
      const [{ players }] = await step.right(state)
      return E.right({ ...state, players })
    },
    dispose: () => {
      compiled.forEach((step) => step.dispose())
      compiled.clear()
    }
  }
}
