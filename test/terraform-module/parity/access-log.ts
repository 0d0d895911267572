/** What stages are to write: as the modules' variables say it, and as the builders of formats take it. */
import { identityFrom, type IdentitySource, type RestAccessLogFormatProps } from "../../../modules";

interface Source {
  readonly from: keyof typeof identityFrom;
  readonly name?: string;
}

/** In the form of a module's variable. */
export interface AccessLog {
  readonly user?: Source;
  readonly company?: Source;
  readonly path?: string;
  readonly request?: { readonly query?: string; readonly forwardedFor?: string; readonly contentType?: string };
}

export interface AccessLogs {
  readonly httpAccessLog?: AccessLog;
  readonly websocketAccessLog?: Omit<AccessLog, "path">;
}

/** In the form of a construct's user. */
export function formatProps({ user, company, path, request = {} }: AccessLog = {}): RestAccessLogFormatProps {
  return {
    ...(user && { user: sourceOf(user) }),
    ...(company && { company: sourceOf(company) }),
    ...(path && { path }),
    request: Object.fromEntries(
      Object.entries(request).map(([part, property]) => [part, identityFrom.authorizerProperty(property)]),
    ),
  };
}

function sourceOf({ from, name = "" }: Source): IdentitySource {
  return identityFrom[from](name);
}
