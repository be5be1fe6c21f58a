/** The read document and the payloads of the workspaces, as `docs/openapi.json` publishes them. */

export type AnswerValue = 'present' | 'absent' | 'uncertain';

export interface Answer {
  value: AnswerValue;
  /** Given by the key that answers all open findings absent, not one by one. */
  by_rest: boolean;
}

/** Image space, in pixels: x = column, y = row, origin at the outer corner of the top-left pixel (PS3.3 C.18.6.1.1). */
export interface BoxGeometry {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface BoxAnnotation {
  id: string;
  kind: 'box';
  finding: string;
  region_class: string | null;
  space: 'image';
  instance: string;
  /** Counted from 1, as DICOM counts frames. */
  frame: number;
  geometry: BoxGeometry;
}

export interface ReadDocument {
  answers: Record<string, Answer>;
  annotations: BoxAnnotation[];
  comment: string;
  not_readable: boolean;
}

export interface Finding {
  code: string;
  name: string;
  hotkey: string;
  required: boolean;
  boxes: boolean;
}

export interface RegionClass {
  code: string;
  name: string;
  kinds: 'box'[];
}

export interface LabelSchema {
  version: number;
  findings: Finding[];
  region_classes: RegionClass[];
}

export type SpacingSource = 'patient' | 'detector' | 'calibrated' | 'none';

export interface ImageSpacing {
  row_mm: number | null;
  column_mm: number | null;
  source: SpacingSource;
}

export interface WindowPreset {
  name: string;
  center: number;
  width: number;
}

/** One instance as the viewer needs it. `frames_url + "/1"` is its first frame. */
export interface CaseImage {
  instance: string;
  series: string;
  series_label: string;
  modality: string;
  n_frames: number;
  rows: number;
  columns: number;
  photometric: string;
  metadata_url: string;
  frames_url: string;
  spacing: ImageSpacing;
  window_presets: WindowPreset[];
}

export interface PriorStudy {
  days_before: number | null;
  images: CaseImage[];
}

export interface CaseContext {
  age?: string | number | null;
  sex?: string | null;
  view?: string | null;
  indication?: string | null;
  prior?: PriorStudy[];
}

export type AssignmentState =
  | 'reserved'
  | 'open'
  | 'submitted'
  | 'returned'
  | 'skipped'
  | 'expired'
  | 'released';

export type ReadAction = 'save' | 'submit' | 'skip' | 'flag' | 'amend' | 'release';

export interface Draft {
  version: number;
  document: ReadDocument;
}

export interface AssignmentInfo {
  id: string;
  label: string;
  state: AssignmentState;
  lease_until: string | null;
  submitted_at: string | null;
  read_version: number | null;
  slip_until: string | null;
  return_note: string | null;
}

export interface WorkspacePayload {
  assignment: AssignmentInfo;
  project: { slug: string; name: string };
  schema: LabelSchema;
  protocol: { context_fields: string[]; ai_visible: boolean };
  context: CaseContext;
  images: CaseImage[];
  draft: Draft;
  allowed_actions: ReadAction[];
}

export type Role = 'reader' | 'adjudicator' | 'manager' | 'engineer';

export interface SessionUser {
  id: string;
  username: string;
  display_name: string;
  is_admin: boolean;
}

export interface ProjectRef {
  id: string;
  slug: string;
  name: string;
  roles: Role[];
}

export interface Session {
  user: SessionUser | null;
  csrf_token: string;
  demo: boolean;
  projects: ProjectRef[];
}
