import { ARTIFACT_MODELS, type ArtifactModel } from '../domain/artifacts/artifact.js';

/** @throws {TypeError} for a model that the store does not know: a newer library has to be looked at first */
export function toArtifactModel(name: string): ArtifactModel {
  const model = ARTIFACT_MODELS.find((known) => known === name);
  if (!model) throw new TypeError(`The protocol library asks to store a model that is not known: ${name}.`);
  return model;
}
