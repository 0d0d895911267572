/**
 * Questions whose answer is known when a construct is made, or, where they are about a plan-time value, to Terraform
 * alone: a value that only Terraform knows may be null, and is then as one that was left out.
 */
import { Fn, type IResolvable, Op, Token, Tokenization } from "./cdk";
import { operand } from "./rules";

/** An answer, or the condition by which Terraform finds it. */
export type Whether = boolean | IResolvable;

export function not(one: Whether): Whether {
  return typeof one === "boolean" ? !one : Op.not(operandOf(one));
}

export function both(one: Whether, other: Whether): Whether {
  if (typeof one === "boolean") return one && other;
  if (typeof other === "boolean") return other && one;
  return Op.and(operandOf(one), operandOf(other));
}

export function either(one: Whether, other: Whether): Whether {
  if (typeof one === "boolean") return one || other;
  if (typeof other === "boolean") return other || one;
  return Op.or(operandOf(one), operandOf(other));
}

/** Whether a property was given. An attribute of a resource is, though its value be known when it is applied only. */
export function isGiven(value: unknown): Whether {
  if (value === undefined) return false;
  return mayBeNull(value) ? Op.neq(operandOf(value), Token.nullValue()) : true;
}

/** Whether a plan-time value is a certain text. */
export function isText(value: unknown, text: string): Whether {
  return Op.eq(operandOf(value), text);
}

/** Whether a list or section was given, and is not empty. */
export function isFilled(value: unknown): Whether {
  if (!Token.isUnresolved(value)) return Object.keys(Object(value)).length > 0;
  return Op.gt(Fn.try([Fn.lengthOf(value), 0]), operand(0));
}

/** One of two values: Terraform chooses where it alone knows the answer. */
export function choose<T>(condition: Whether, ifTrue: T, ifFalse: T): T {
  if (typeof condition === "boolean") return condition ? ifTrue : ifFalse;
  return Fn.conditional(condition, ifTrue ?? Token.nullValue(), ifFalse ?? Token.nullValue());
}

/**
 * A part of a section that only Terraform knows. Where the section is null, or has no such part, that is an error:
 * {@link isFilled} and {@link orElse} take it for a value that was not given.
 */
export function partOf(section: unknown, key: string): IResolvable {
  return Fn.lookupNested(operandOf(section), [key]);
}

/** A plan-time value, or another where it was not given. */
export function orElse(value: IResolvable, other: string | number | boolean): IResolvable {
  return Fn.try([Fn.coalesce([value, other]), other]);
}

/** Only what is a plan-time value as a whole may be null; a text that merely holds one may not. */
function mayBeNull(value: unknown): boolean {
  if (!Token.isUnresolved(value)) return false;
  if (typeof value === "string") {
    const { literals, escapes } = Tokenization.reverseString(value);
    if (literals.length + escapes.length > 0) return false;
  }
  return !Tokenization.reverse(value).every(isAttribute);
}

/** CDKTF sets no brackets around a conditional, of which an operator would then take the last part alone. */
function operandOf<T>(value: T): T | IResolvable {
  const isConditional = Tokenization.reverse(value).some((token) => "trueValue" in token);
  return isConditional ? (Fn.try([value]) as IResolvable) : value;
}

/** CDKTF refers to an attribute as `<type>.<name>.<attribute>`, and every type of a provider has an underscore. */
function isAttribute(token: IResolvable): boolean {
  const { identifier } = token as { identifier?: unknown };
  return typeof identifier === "string" && /^(data\.)?[a-z0-9]+_[a-z0-9_]+\./.test(identifier);
}
