using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Protocol.Accounts;
using Aitbc.Protocol.Blobs;
using Aitbc.Protocol.Constitution;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Identity;
using Aitbc.Protocol.Oversight;

namespace Aitbc.Protocol.Wire;

/// <summary>One event being printed.</summary>
/// <param name="Json">Takes the text.</param>
/// <param name="IdOf">Gives an account's id, or null.</param>
/// <param name="Event">The event, for the counts that belong to its lists.</param>
internal readonly record struct EventPrint(Utf8JsonWriter Json, Func<AccountNumber, string?>? IdOf, object Event)
{
    /// <summary>How many items of a list are used.</summary>
    public int Count(string property) => (byte)Event.GetType().GetProperty(property)!.GetValue(Event)!;

    /// <summary>An account's number, and its id beside it where it is known.</summary>
    public void Account(string name, AccountNumber account)
    {
        Json.WriteNumber(name, account.Value);
        if (IdOf?.Invoke(account) is { } id)
        {
            Json.WriteString($"{name}Id", id);
        }
    }

    /// <summary>Accounts' numbers, and their ids beside them where a resolver was given; null for an unknown one.
    /// </summary>
    public void Accounts(string name, in AccountSet accounts, int count)
    {
        Json.WriteStartArray(name);
        for (var i = 0; i < Math.Min(count, AccountSet.Length); i++)
        {
            Json.WriteNumberValue(accounts[i].Value);
        }

        Json.WriteEndArray();
        if (IdOf is null)
        {
            return;
        }

        Json.WriteStartArray($"{name}Ids");
        for (var i = 0; i < Math.Min(count, AccountSet.Length); i++)
        {
            Json.WriteStringValue(IdOf(accounts[i]));
        }

        Json.WriteEndArray();
    }

    /// <summary>Capabilities.</summary>
    public void Labels(string name, in Capabilities labels, int count)
    {
        Json.WriteStartArray(name);
        for (var i = 0; i < Math.Min(count, Capabilities.Length); i++)
        {
            Json.WriteTextValue(labels[i]);
        }

        Json.WriteEndArray();
    }

    /// <summary>Digests.</summary>
    public void Hashes(string name, in BlobNames names, int count)
    {
        Json.WriteStartArray(name);
        for (var i = 0; i < Math.Min(count, BlobNames.Length); i++)
        {
            Json.WriteTextValue(names[i]);
        }

        Json.WriteEndArray();
    }

    /// <summary>A digest; null where it is zero, which stands for none.</summary>
    public void Hash(string name, in Digest digest)
    {
        if (digest.IsZero)
        {
            Json.WriteNull(name);
        }
        else
        {
            Json.WriteString(name, digest.ToString());
        }
    }

    /// <summary>An account's id; null where it is zero, which stands for nobody.</summary>
    public void Id(string name, in AccountId id)
    {
        if (id.IsZero)
        {
            Json.WriteNull(name);
        }
        else
        {
            Json.WriteString(name, id.ToString());
        }
    }

    /// <summary>The first eight bytes of a digest: the first ten characters are those of its text.</summary>
    public void Prefix(string name, ulong prefix)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, prefix);
        Json.WriteString(name, Base64Url.EncodeToString(bytes));
    }

    /// <summary>A key as a JWK; null where there is none.</summary>
    public void Key(string name, in PublicKey key)
    {
        if (key.IsZero)
        {
            Json.WriteNull(name);
        }
        else
        {
            Json.WriteKey(System.Text.Encoding.ASCII.GetBytes(name), key);
        }
    }

    /// <summary>A value of a closed list.</summary>
    public void Word(string name, Enum value) => Json.WriteString(name, Words.Camel(value.ToString()));

    /// <summary>A whole number.</summary>
    public void Number(string name, object value)
    {
        Json.WritePropertyName(name);
        Json.WriteRawValue(((IConvertible)value).ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A rule, as its owner writes it.</summary>
    public void Rule(string name, in RuleTerms it)
    {
        Json.WriteStartObject(name);
        Json.WriteString("type"u8, Words.Camel(it.Kind.ToString()));
        Actions("actions"u8, it.Actions);
        switch (it.Kind)
        {
            case RuleKind.MaxValue or RuleKind.ApprovalAbove or RuleKind.RollingValue:
                Json.WriteText("amount"u8, it.Amount);
                break;
            case RuleKind.RollingCount:
                Json.WriteNumber("count"u8, (ulong)it.Amount.BaseUnits);
                break;
            case RuleKind.Counterparties:
                Accounts("accounts", it.Accounts, it.AccountCount);
                Json.WriteBoolean("forbids"u8, it.Forbids == 1);
                break;
            case RuleKind.Hours:
                Json.WriteHours("hoursUtc"u8, it.HoursUtc & ConstitutionTerms.AnyHour);
                break;
            case RuleKind.Sequence:
                Actions("then"u8, it.Then);
                break;
            case RuleKind.CounterpartyRecord:
                Json.WriteNumber("minRecordPpm"u8, it.MinRecordPpm);
                break;
        }

        if (it.IsRolling || it.Kind == RuleKind.Sequence)
        {
            Json.WriteNumber("windowMs"u8, it.WindowMs);
        }

        Json.WriteEndObject();
    }

    /// <summary>An override, as who sets it writes it; null where there is none.</summary>
    public void Override(string name, in OverrideTerms it)
    {
        if (it.Effect == 0)
        {
            Json.WriteNull(name);
            return;
        }

        Json.WriteStartObject(name);
        Json.WriteString("action"u8, EventBytes.NameOf(it.Action));
        Json.WriteString("effect"u8, Words.Camel(it.Effect.ToString()));
        Json.WriteText("cap"u8, it.Cap);
        Json.WriteString("reason"u8, it.Reason.ToString());
        Json.WriteNumber("expiresAt"u8, it.ExpiresAtMs);
        Json.WriteEndObject();
    }

    private void Actions(ReadOnlySpan<byte> name, ulong actions)
    {
        Json.WriteStartArray(name);
        for (var kind = 0; kind < CommandNames.Count; kind++)
        {
            if ((actions >> kind & 1) == 1)
            {
                Json.WriteStringValue(CommandNames.NameOf((CommandKind)kind));
            }
        }

        Json.WriteEndArray();
    }

    /// <summary>A constitution, as its owner writes it, and its version; null where there is none.</summary>
    public void Constitution(string name, in ConstitutionRecord it)
    {
        if (it.Version == 0)
        {
            Json.WriteNull(name);
            return;
        }

        Json.WriteStartObject(name);
        Json.WriteText("maxStake"u8, it.MaxStake);
        Json.WriteText("maxDailyVolume"u8, it.MaxDailyVolume);
        Json.WriteText("maxGasPerDay"u8, it.MaxGasPerDay);
        Json.WriteText("maxValuePerAction"u8, it.MaxValuePerAction);
        Actions("allowedActions"u8, it.AllowedActions);
        Accounts("counterparties", it.Counterparties, it.CounterpartyCount);
        Json.WriteHours("hoursUtc"u8, it.HoursUtc & ConstitutionTerms.AnyHour);
        Json.WriteNumber("keyChangeHoldMs"u8, it.KeyChangeHoldMs);
        Json.WriteBoolean("requiresHumanApproval"u8, it.RequiresHumanApproval == 1);
        Json.WriteNumber("version"u8, it.Version);
        Json.WriteEndObject();
    }
}
