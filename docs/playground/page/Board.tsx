import { useState } from 'preact/hooks'
import { Chart } from './views/Chart.tsx'
import { FieldView } from './views/FieldView.tsx'
import { ImagesView } from './views/ImagesView.tsx'
import type { Layers } from './views/PointsView.tsx'
import { PointsView } from './views/PointsView.tsx'
import type { Player } from './player.ts'

const layerTitles: Readonly<Record<keyof Layers, string>> = {
  critic: 'critic',
  pull: 'its gradient at samples',
  mesh: 'how G folds latents',
  ellipses: 'singular directions'
}

/** All that is seen of one game: samples, the critic, the generator, figures over steps. */
export const Board = ({ player, title }: { readonly player: Player; readonly title: string }) => {
  const [layers, setLayers] = useState<Layers>({ critic: true, pull: false, mesh: true, ellipses: true })
  const { frame, history, playing, issues, isOpening, goBack } = player
  const seen = frame.value
  const names = Object.keys(history.value.columns)
  const ending = (end: string): readonly string[] => names.filter((name) => name.endsWith(end))
  const terms = names.filter(
    (name) => / /.test(name) && !/( loss| gradient norm)$/.test(name) && !/^(log condition|high quality)$/.test(name)
  )
  const modes = seen?.points?.modes
  return (
    <section class="board" aria-label={title}>
      <p class="status">
        <strong>step {seen?.step ?? 0}</strong>
        <span>
          {playing.value
            ? `${Math.round(seen?.stepsPerSecond ?? 0).toLocaleString('en')} steps a second`
            : isOpening.value
              ? 'compiling'
              : 'paused'}
        </span>
        {seen !== undefined && seen.phase.done > 0 && (
          <span>
            phase {seen.phase.done} of {seen.phase.count}: {seen.phase.moved.join(', ')} moved
          </span>
        )}
        {modes && (
          <span>
            {modes.captured} of {modes.modes} modes, {Math.round(100 * modes.highQuality)} % of high quality
          </span>
        )}
        {seen?.conditioning && <span>log condition {seen.conditioning.logCondition.toFixed(2)}</span>}
      </p>
      {issues.value.length > 0 && (
        <ul class="issues" role="alert">
          {issues.value.map((issue) => (
            <li key={issue.text} class={issue.isWarning ? 'warning' : 'error'}>
              {issue.text}
            </li>
          ))}
        </ul>
      )}
      {seen?.points && (
        <>
          <PointsView frame={seen} layers={layers} />
          <fieldset class="layers">
            <legend>Show</legend>
            {Object.entries(layerTitles).map(([name, words]) => (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={layers[name as keyof Layers]}
                  onChange={({ currentTarget }) => setLayers({ ...layers, [name]: currentTarget.checked })}
                />
                {words}
              </label>
            ))}
          </fieldset>
        </>
      )}
      {seen?.plane && <FieldView frame={seen} />}
      {seen?.images && <ImagesView images={seen.images} />}
      {seen && seen.recorded.length > 1 && (
        <div class="field">
          <label for={`${title}-back`}>Back to</label>
          <input
            id={`${title}-back`}
            type="range"
            min={0}
            max={seen.recorded.length - 1}
            value={seen.recorded.length - 1}
            aria-valuetext={`step ${seen.recorded.at(-1) ?? 0}`}
            onChange={({ currentTarget }) => goBack(seen.recorded[Number(currentTarget.value)] ?? 0)}
          />
          <span class="quiet">{seen.recorded.length} recorded steps</span>
        </div>
      )}
      {names.length > 0 && <Chart title="Losses" history={history.value} names={ending(' loss')} />}
      {terms.length > 0 && <Chart title="Terms" history={history.value} names={terms} />}
      {names.length > 0 && (
        <Chart title="Gradient norms" history={history.value} names={ending(' gradient norm')} isLog />
      )}
      {names.includes('log condition') && (
        <Chart title="Log condition of dG/dz" history={history.value} names={['log condition']} />
      )}
      {names.includes('largest') && (
        <Chart title="Singular values of dG/dz" history={history.value} names={['largest', 'smallest']} isLog />
      )}
    </section>
  )
}
