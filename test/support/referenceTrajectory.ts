/** The training trajectory of a reference file: four cycles of WGAN-GP with every draw given. */
import type { Tensor } from '../../src/tensor/tensor.ts'
import { fieldsAt, listAt, numberAt, readReference, tensorAt, tensorsAt, unreadable } from './reference.ts'

export interface TrajectoryStep {
  readonly critic: readonly {
    readonly real: Tensor
    readonly z: Tensor
    readonly interpolation: Tensor
    readonly loss: number
  }[]
  readonly generator: { readonly z: Tensor; readonly loss: number }
  readonly generatorParameters: readonly Tensor[]
  readonly discriminatorParameters: readonly Tensor[]
}

export interface Trajectory {
  readonly generator: readonly Tensor[]
  readonly discriminator: readonly Tensor[]
  readonly steps: readonly TrajectoryStep[]
}

export const readTrajectory = (): Trajectory => {
  const file = fieldsAt('trajectory', fieldsAt('optim.json', readReference('optim.json'))['trajectory'])
  const parameters = (name: string): readonly Tensor[] =>
    listAt(name, file[name]).map((item, i) => tensorAt(`trajectory.${name}[${String(i)}]`, item))
  const [generator, discriminator] = [parameters('generator'), parameters('discriminator')]
  const steps = listAt('trajectory.steps', file['steps'])
  if (steps.length === 0) unreadable('trajectory', 'no steps')
  return {
    generator,
    discriminator,
    steps: steps.map((item, i) => {
      const where = `trajectory.steps[${String(i)}]`
      const step = fieldsAt(where, item)
      const last = fieldsAt(`${where}.generator`, step['generator'])
      return {
        critic: listAt(`${where}.discriminator`, step['discriminator']).map((update, j) => {
          const at = `${where}.discriminator[${String(j)}]`
          const fields = fieldsAt(at, update)
          return {
            real: tensorAt(`${at}.real`, fields['real']),
            z: tensorAt(`${at}.z`, fields['z']),
            interpolation: tensorAt(`${at}.interpolation`, fields['interpolation']),
            loss: numberAt(`${at}.loss`, fields['loss'])
          }
        }),
        generator: {
          z: tensorAt(`${where}.generator.z`, last['z']),
          loss: numberAt(`${where}.generator.loss`, last['loss'])
        },
        generatorParameters: tensorsAt(`${where}.generatorParameters`, step['generatorParameters'], generator),
        discriminatorParameters: tensorsAt(
          `${where}.discriminatorParameters`,
          step['discriminatorParameters'],
          discriminator
        )
      }
    })
  }
}
