using System.Buffers.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Wire;

/// <summary>Constitutions, and what guardians do.</summary>
internal static partial class CommandWriter
{
    private static void WriteOversight(Utf8JsonWriter json, Command command)
    {
        switch (command)
        {
            case StopAgent it:
                json.WriteText("agent"u8, it.Agent);
                break;
            case ReleaseAgent it:
                json.WriteText("agent"u8, it.Agent);
                break;
            case StopMarket it:
                json.WriteString("scope"u8, Words.Scopes.WordOf(it.Scope));
                break;
            case ReleaseMarket it:
                json.WriteString("scope"u8, Words.Scopes.WordOf(it.Scope));
                break;
            case ChangeConstitution it:
                json.WriteText("agent"u8, it.Agent);
                json.WriteStartObject("constitution"u8);
                WriteConstitution(json, it.Constitution);
                json.WriteEndObject();
                break;
            case ChangeGuardians it:
                json.WriteText("agent"u8, it.Agent);
                json.WriteTexts("guardians"u8, AtMost(it.Guardians, AccountSet.Length));
                json.WriteInteger("guardianThreshold"u8, it.GuardianThreshold, int.MaxValue);
                break;
            case SetOverride it:
                WriteOverride(json, it);
                break;
            case RevokeOverride it:
                json.WriteText("override"u8, it.Override);
                break;
            case AgreeMotion it:
                json.WriteText("motion"u8, it.Motion);
                break;
            case RejectMotion it:
                json.WriteText("motion"u8, it.Motion);
                break;
            case GrantApproval it:
                json.WriteText("approval"u8, it.Approval);
                json.WriteString("payload"u8, Base64Url.EncodeToString(it.Payload.Span));
                break;
            case DenyApproval it:
                json.WriteText("approval"u8, it.Approval);
                break;
            default:
                throw new ArgumentException($"The command type {command.Kind} has no writer.", nameof(command));
        }
    }

    private static void WriteOverride(Utf8JsonWriter json, SetOverride it)
    {
        json.WriteText("agent"u8, it.Agent);
        json.WriteString("action"u8, Words.Commands.WordOf(it.Action));
        json.WriteString("effect"u8, Words.Effects.WordOf(it.Effect));
        if (!it.Cap.IsZero)
        {
            json.WriteText("cap"u8, it.Cap);
        }

        json.WriteText("reason"u8, it.Reason);
        json.WriteInteger("expiresAt"u8, it.ExpiresAt.UnixMs);
    }

    /// <summary>The members of a constitution.</summary>
    internal static void WriteConstitution(Utf8JsonWriter json, ConstitutionTerms it)
    {
        json.WriteText("maxStake"u8, it.MaxStake);
        json.WriteText("maxDailyVolume"u8, it.MaxDailyVolume);
        json.WriteText("maxGasPerDay"u8, it.MaxGasPerDay);
        json.WriteText("maxValuePerAction"u8, it.MaxValuePerAction);
        WriteActions(json, "allowedActions"u8, it.AllowedActions);
        json.WriteTexts("counterparties"u8, AtMost(it.Counterparties, AccountSet.Length));
        WriteHours(json, it.HoursUtc);
        json.WriteInteger("keyChangeHoldMs"u8, it.KeyChangeHold.Ms);
        json.WriteBoolean("requiresHumanApproval"u8, it.RequiresHumanApproval);
        if (it.Rules.Count == 0)
        {
            return;
        }

        json.WriteStartArray("rules"u8);
        foreach (var rule in AtMost(it.Rules, ConstitutionTerms.MaxRules))
        {
            json.WriteStartObject();
            WriteRule(json, rule);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteRule(Utf8JsonWriter json, ConstitutionRule rule)
    {
        json.WriteString("type"u8, Words.RuleKinds.WordOf(rule.Kind));
        WriteActions(json, "actions"u8, rule.Actions);
        switch (rule.Kind)
        {
            case RuleKind.MaxValue or RuleKind.ApprovalAbove:
                json.WriteText("amount"u8, rule.Amount);
                break;
            case RuleKind.RollingValue:
                json.WriteText("amount"u8, rule.Amount);
                json.WriteInteger("windowMs"u8, rule.Window.Ms);
                break;
            case RuleKind.RollingCount:
                json.WriteInteger("count"u8, rule.Count);
                json.WriteInteger("windowMs"u8, rule.Window.Ms);
                break;
            case RuleKind.Counterparties:
                json.WriteTexts("accounts"u8, AtMost(rule.Accounts, AccountSet.Length));
                json.WriteBoolean("forbids"u8, rule.Forbids);
                break;
            case RuleKind.Hours:
                WriteHours(json, rule.HoursUtc);
                break;
            case RuleKind.Sequence:
                WriteActions(json, "then"u8, rule.Then);
                json.WriteInteger("windowMs"u8, rule.Window.Ms);
                break;
            case RuleKind.CounterpartyRecord:
                json.WriteInteger("minRecordPpm"u8, rule.MinRecordPpm);
                break;
        }
    }

    private static void WriteHours(Utf8JsonWriter json, uint hours) => json.WriteHours(
        "hoursUtc"u8,
        hours <= ConstitutionTerms.AnyHour
            ? hours
            : throw new ArgumentException("An hour above 23 has no form on the wire."));

    private static void WriteActions(
        Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<CommandKind> actions)
    {
        if (actions.Distinct().Count() != actions.Count)
        {
            throw new ArgumentException("An action named twice has no form on the wire.");
        }

        json.WriteStartArray(name);
        foreach (var action in actions)
        {
            json.WriteStringValue(Words.Commands.WordOf(action));
        }

        json.WriteEndArray();
    }
}
