using System.Net;
using Aitbc.Primitives;
using Aitbc.Protocol.Entries;
using Aitbc.Protocol.Staking;

namespace Aitbc.Cli.Threats;

/// <summary>Counts what is tried of one threat, and what of it succeeds.</summary>
/// <remarks>One owner.</remarks>
internal sealed class ThreatRun(ThreatField place)
{
    private readonly Dictionary<AccountId, TokenAmount> thieves = new()
    {
        [place.Attacker.Id] = Worth(place, place.Attacker.Id),
    };
    private readonly List<string> breaches = [];
    private readonly SortedDictionary<string, long> answers = new(StringComparer.Ordinal);
    private TokenAmount allowed;

    /// <summary>Where it is tried.</summary>
    public ThreatField Field => place;

    /// <summary>How often something was tried.</summary>
    public long Attempts { get; private set; }

    /// <summary>How many honest acts of the same kind took effect, so that a refusal says something.</summary>
    public long Honest { get; private set; }

    /// <summary>What the node said to what was sent, by outcome or problem code.</summary>
    public IReadOnlyDictionary<string, long> Answers => answers;

    /// <summary>What succeeded.</summary>
    public IReadOnlyList<string> Breaches => breaches;

    /// <summary>Value that reached the attacker beyond what the agents' people allowed, base units.</summary>
    public TokenAmount Stolen
    {
        get
        {
            var (now, before) = (TokenAmount.Zero, allowed);
            foreach (var (account, worth) in thieves)
            {
                now += Worth(place, account);
                before += worth;
            }

            return now > before ? now - before : TokenAmount.Zero;
        }
    }

    /// <summary>Says that an account that is new, or to be opened, is the attacker's, too.</summary>
    public void Suspect(AccountId account) => thieves.TryAdd(account, TokenAmount.Zero);

    /// <summary>An agent of the attacker's own, which may do whatever an agent can, and offers a service.</summary>
    public async Task<Actor> AccompliceAsync()
    {
        var agent = await place.RegisterAsync(
                place.Terms with
                {
                    Counterparties = [],
                    AllowedActions =
                    [
                        CommandKind.Transfer, CommandKind.DepositStake, CommandKind.ListService, CommandKind.PlaceBid,
                        CommandKind.OpenBid, CommandKind.StartWork, CommandKind.SubmitWork, CommandKind.AcceptWork,
                        CommandKind.PostWorkload, CommandKind.DeclareBlob, CommandKind.UpdateService,
                        CommandKind.DelistService,
                    ],
                },
                place.Attacker)
            .ConfigureAwait(false);
        Suspect(agent.Id);
        await WorksAsync(place.Sign(agent, new DepositStake(TokenAmount.FromTokens(10)))).ConfigureAwait(false);
        await WorksAsync(place.Sign(agent, Market.Service())).ConfigureAwait(false);
        return agent;
    }

    /// <summary>Says how much the attacker may get by what people allowed.</summary>
    public void Allow(TokenAmount amount) => allowed += amount;

    /// <summary>Tries what must not take effect.</summary>
    /// <param name="what">What it is, for the report.</param>
    /// <param name="jws">The payload.</param>
    /// <param name="path">Where it goes.</param>
    /// <exception cref="InvalidOperationException">It was refused for its nonce, which shows nothing.</exception>
    public async Task TryAsync(string what, string jws, string path = "/v1/commands")
    {
        var answer = await place.SendAsync(jws, path).ConfigureAwait(false);
        if (answer.Outcome is "nonceUsed" or "nonceGap")
        {
            throw new InvalidOperationException($"'{what}' was out of order, so it was not tried: {answer}.");
        }

        Note(what, answer);
    }

    /// <summary>Tries what must not take effect, in a place that was used or is not due.</summary>
    public async Task ReplayAsync(string what, string jws) =>
        Note(what, await place.SendAsync(jws).ConfigureAwait(false));

    /// <summary>Tries what may take effect, within a limit that only the sum shows.</summary>
    public async Task SpendAsync(string what, string jws)
    {
        var answer = await place.SendAsync(jws).ConfigureAwait(false);
        Note(what, answer with { IsDuplicate = true });
    }

    /// <summary>Counts what was tried in another way.</summary>
    public void Count(string what, bool succeeded)
    {
        Attempts++;
        if (succeeded)
        {
            breaches.Add(what);
        }
    }

    /// <summary>An honest act, which must take effect.</summary>
    /// <exception cref="InvalidOperationException">It did not.</exception>
    public async Task<ulong> WorksAsync(string jws, string path = "/v1/commands")
    {
        var seq = await place.MustAsync(jws, path).ConfigureAwait(false);
        Honest++;
        return seq;
    }

    /// <summary>A node that breaks is no defence.</summary>
    public void Fault(string what, HttpStatusCode status)
    {
        if (status is HttpStatusCode.InternalServerError)
        {
            breaches.Add($"{what}: the node failed");
        }
    }

    private void Note(string what, in ThreatAnswer answer)
    {
        answers[answer.Outcome] = answers.GetValueOrDefault(answer.Outcome) + 1;
        Count(what, answer.TookEffect);
        Fault(what, answer.Status);
    }

    private static TokenAmount Worth(ThreatField from, AccountId account) => from.WorthOf(account);
}
