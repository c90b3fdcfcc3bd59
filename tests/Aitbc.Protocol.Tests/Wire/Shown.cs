using System.Collections;
using System.Text;
using Aitbc.Protocol.Entries;

namespace Aitbc.Protocol.Tests.Wire;

/// <summary>All that an entry's body says, as text, so that two can be compared member by member: records compare
/// their lists by reference.</summary>
internal static class Shown
{
    public static string Of(object body)
    {
        var text = new StringBuilder();
        Show(text, body);
        return text.ToString();
    }

    private static void Show(StringBuilder text, object? value)
    {
        if (value is IEnumerable items and not string)
        {
            text.Append('[');
            foreach (var item in items)
            {
                Show(text, item);
                text.Append(',');
            }

            text.Append(']');
            return;
        }

        var isPlain = value is null || value is string || value.GetType().IsValueType
            || value.GetType().Namespace == "Aitbc.Primitives";
        if (isPlain)
        {
            text.Append(value);
            return;
        }

        text.Append(value!.GetType().Name).Append('(');
        foreach (var property in value.GetType().GetProperties())
        {
            // The digest is of bytes that are not there before they are written.
            if (property.Name != nameof(ClientPayload.PayloadDigest))
            {
                text.Append(property.Name).Append('=');
                Show(text, property.GetValue(value));
                text.Append(';');
            }
        }

        text.Append(')');
    }
}
