namespace Aitbc.Workloads.Chat;

/// <summary>Where a model answers, and within which limits. Immutable.</summary>
/// <remarks>Holds a secret: nothing prints the key, this type's own text neither.</remarks>
public sealed class ChatSettings
{
    /// <summary>Names the endpoint, such as <c>http://localhost:11434/v1</c>.</summary>
    public const string EndpointVariable = "AITBC_CHAT_ENDPOINT";

    /// <summary>Names the model.</summary>
    public const string ModelVariable = "AITBC_CHAT_MODEL";

    /// <summary>Holds the endpoint's key; left out where it asks for none.</summary>
    public const string KeyVariable = "AITBC_CHAT_KEY";

    /// <summary>What is said where no endpoint is set.</summary>
    public const string Unset =
        $"The capability chat is not offered here: set {EndpointVariable} and {ModelVariable}, and {KeyVariable} where"
        + " the endpoint asks for a key.";

    private const int MaxModelLength = 200;

    /// <summary>Settings.</summary>
    /// <param name="endpoint">The address below which <c>chat/completions</c> lies.</param>
    /// <param name="model">The model's name at the endpoint.</param>
    /// <param name="key">The endpoint's key; null where it asks for none.</param>
    public ChatSettings(Uri endpoint, string model, string? key) => (Endpoint, Model, Key) = (endpoint, model, key);

    /// <summary>The address below which <c>chat/completions</c> lies.</summary>
    public Uri Endpoint { get; }

    /// <summary>The model's name at the endpoint.</summary>
    public string Model { get; }

    /// <summary>How long one try may take until its whole answer is there. Default 60 s.</summary>
    public TimeSpan TryWithin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long all tries may take together. Default 150 s.</summary>
    public TimeSpan AnswerWithin { get; init; } = TimeSpan.FromSeconds(150);

    /// <summary>Tries after the first, where the endpoint is busy, broken or silent. Default 2.</summary>
    public int MaxRetries { get; init; } = 2;

    /// <summary>Wait before another try, whatever the endpoint asks for. Default 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Largest answer, bytes. Default 1 MiB.</summary>
    public int MaxAnswerBytes { get; init; } = 1024 * 1024;

    internal string? Key { get; }

    /// <summary>Reads settings from environment variables.</summary>
    /// <param name="variable">Gives a variable, or null.</param>
    /// <param name="problem">Why there are none, in a sentence that does not hold the key; null where there are.
    /// </param>
    /// <returns>The settings; null where there are none.</returns>
    public static ChatSettings? Read(Func<string, string?> variable, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(variable);
        var (endpoint, model) = (variable(EndpointVariable) ?? "", variable(ModelVariable) ?? "");
        var key = variable(KeyVariable) is { Length: > 0 } given ? given : null;
        problem = FaultOf(endpoint, model, key);
        return problem is null ? new ChatSettings(new Uri(endpoint), model, key) : null;
    }

    /// <summary>The endpoint's host and the model.</summary>
    public override string ToString() => $"{Model} at {Endpoint.Host}";

    private static string? FaultOf(string endpoint, string model, string? key)
    {
        if (endpoint.Length == 0 || model.Length == 0)
        {
            return Unset;
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.UserInfo.Length > 0 || address.Query.Length > 0)
        {
            return $"The capability chat is not offered here: {EndpointVariable} is no plain http or https address.";
        }

        if (model.Length > MaxModelLength || model.Any(char.IsControl))
        {
            return $"The capability chat is not offered here: {ModelVariable} is no name of a model.";
        }

        if (key is not null && key.Any(letter => letter is <= ' ' or > '~'))
        {
            return $"The capability chat is not offered here: {KeyVariable} holds what no key can hold.";
        }

        return key is not null && address.Scheme == "http" && !address.IsLoopback
            ? "The capability chat is not offered here: a key would cross the network in the clear, so the endpoint"
                + $" in {EndpointVariable} must be https."
            : null;
    }
}
