import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2';
import { Job } from 'kubernetes-models/batch/v1';
import { Ingress, NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Pod, Secret, Service, ServiceAccount } from 'kubernetes-models/v1';

/** A manifest, as YAML has it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [member: string]: unknown;
}

type Validator = (manifest: unknown) => void;

function validatorOf(Model: new (data: never) => { validate(): void }): Validator {
  return (manifest) => {
    new Model(manifest as never).validate();
  };
}

const VALIDATORS: Readonly<Record<string, Validator>> = {
  'apps/v1 Deployment': validatorOf(Deployment),
  'autoscaling/v2 HorizontalPodAutoscaler': validatorOf(HorizontalPodAutoscaler),
  'batch/v1 Job': validatorOf(Job),
  'monitoring.coreos.com/v1 ServiceMonitor': validatorOf(ServiceMonitor),
  'networking.k8s.io/v1 Ingress': validatorOf(Ingress),
  'networking.k8s.io/v1 NetworkPolicy': validatorOf(NetworkPolicy),
  'policy/v1 PodDisruptionBudget': validatorOf(PodDisruptionBudget),
  'v1 ConfigMap': validatorOf(ConfigMap),
  'v1 Pod': validatorOf(Pod),
  'v1 Secret': validatorOf(Secret),
  'v1 Service': validatorOf(Service),
  'v1 ServiceAccount': validatorOf(ServiceAccount),
};

/**
 * Checks a manifest against Kubernetes' own schema.
 * @throws {Error} when a value is of the wrong kind, or a member is not known
 */
export function validateManifest(manifest: Manifest): void {
  const kind = `${manifest.apiVersion} ${manifest.kind}`;
  const validate = VALIDATORS[kind];
  if (validate === undefined) throw new Error(`There is no schema for ${kind}.`);
  validate(manifest);
  const unknown = membersOf(manifest).filter((place) => !isKnown(validate, manifest, place));
  if (unknown.length > 0)
    throw new Error(`${kind} has no ${unknown.map((place) => place.join('.')).join(', ')}.`);
}

type Place = readonly (string | number)[];

/** The schemas say nothing of members that they do not know: one that may be anything is one of those. */
function isKnown(validate: Validator, manifest: Manifest, place: Place): boolean {
  try {
    validate(withValue(manifest, place, () => undefined));
    return false;
  } catch {
    return true;
  }
}

function membersOf(value: unknown, place: Place = []): Place[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => membersOf(item, [...place, index]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [
    [...place, name],
    ...membersOf(member, [...place, name]),
  ]);
}

function withValue(value: unknown, [name, ...rest]: Place, replacement: unknown): unknown {
  if (name === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === name ? withValue(item, rest, replacement) : item));
  const members = value as Readonly<Record<string, unknown>>;
  return { ...members, [name]: withValue(members[name], rest, replacement) };
}
