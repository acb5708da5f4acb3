/** Where things lie in the folder of a run. */
export const files = {
  lock: 'lock',
  /** The spec as `Gan.specToJson` writes it, or what is known of one that cannot be written. */
  spec: 'spec.json',
  /** Data, seed, sizes, versions. */
  run: 'run.json',
  metrics: 'metrics.jsonl',
  /** What the run came to, and what it took. */
  summary: 'metrics.json',
  report: 'report.html',
  picture: 'samples.png'
} as const

export const folders = {
  samples: 'samples',
  checkpoints: 'checkpoints',
  /** The state at which a run was told to stop, between two checkpoints; gone once the next is there. */
  interrupted: 'interrupted'
} as const

/** Names the picture of a step, a path in the folder. */
export const pictureAt = (step: number): string => `${folders.samples}/step-${String(step).padStart(9, '0')}.png`

/** Reads the step of a picture's name. */
export const stepOfPicture = (name: string): number | undefined => {
  const [, step] = /^step-(\d{9,})\.png$/.exec(name) ?? []
  return step === undefined ? undefined : Number(step)
}
