using System.Runtime.CompilerServices;

namespace Aitbc.Safety.Monitor;

/// <summary>
/// What the monitor remembers of one agent, or of all agents of one owner: a fixed number of bytes, whatever they do.
/// An hour in 10-minute slots and a day in 3-hour slots, each of which leaves whole; what is usual, as means over the
/// last days; a bounded sample of values; and whom value went to and came from.
/// </summary>
internal struct ActivityWindow
{
    public const long DayMs = 86_400_000;
    public const int Classes = 4;
    public const int SampleSize = 32;

    /// <summary>Days that count fully in what is usual.</summary>
    public const int UsualDays = 14;

    /// <summary>Days in which a newcomer may grow faster than a usual day can follow.</summary>
    public const int YoungDays = 7;

    /// <summary>Days before value beyond the usual may raise its own limit, so that what grows slowly is not its own
    /// excuse; a window of less than <see cref="UsualDays"/> learns at once, for it has nothing else.</summary>
    private const int LearningDelayDays = 4;

    // A peak loses this part of itself each day on which it is not reached.
    private const uint HourForgetting = 32;
    private const uint DayForgetting = 8;

    // So long without an act is a standstill, and so long after it what was due is done.
    private const long StandstillMs = 2 * 3_600_000;
    private const long CatchUpMs = 2 * 3_600_000;

    private const int HourSlots = 6;
    private const int DaySlots = 8;
    private const long HourSlotMs = 600_000;
    private const long DaySlotMs = 10_800_000;

    /// <summary>The account that owns the agent.</summary>
    public uint Owner;

    /// <summary>Acts taken in, up to what makes an agent known.</summary>
    public int Acts;

    /// <summary>Own days that are over, up to <see cref="UsualDays"/>.</summary>
    public int Days;

    /// <summary>Time of the first act, ms.</summary>
    public long FirstMs;

    /// <summary>Until when limits are a quarter because keys were changed, ms.</summary>
    public long WatchUntilMs;

    /// <summary>Time of the newest act, ms.</summary>
    public long LastMs;

    /// <summary>When acts began again after a standstill, ms: what was due meanwhile is done at once.</summary>
    public long ResumedMs;

    /// <summary>Acts of the hour, attempts that were parked included.</summary>
    public uint HourActs;

    /// <summary>Value of the hour.</summary>
    public ulong HourValue;

    /// <summary>Acts of a day that the gas cap pays for, as last stated; an owner's: of all its agents.</summary>
    public ulong DailyActs;

    /// <summary>Sums of 24 hours.</summary>
    public DaySums Day;

    /// <summary>The busiest hour of late, acts.</summary>
    public uint PeakActs;

    /// <summary>The most valuable hour of late.</summary>
    public ulong PeakValue;

    /// <summary>The highest value within 24 hours, of late.</summary>
    public ulong PeakDay;

    /// <summary>Mean value of a day.</summary>
    public ulong UsualVolume;

    /// <summary>The highest value of a day, of late, beyond what was usual with those who got it.</summary>
    public ulong PeakBeyond;

    /// <summary>The highest value of a day, of late, that went back to where it came from.</summary>
    public ulong PeakCircle;

    /// <summary>Command types used since a day or more, one bit each.</summary>
    public ulong SettledKinds;

    /// <summary>Means of the values of each class.</summary>
    public ClassMeans Means;

    /// <summary>Whom value went to and came from.</summary>
    public Dealings Dealings;

    /// <summary>The newest logarithms of the values of each class.</summary>
    public Sample Values;

    private long hourSlot;
    private long daySlot;
    private int ownDay;
    private bool hasActed;
    private uint peakActs;
    private ulong peakValue;
    private ulong peakDay;
    private ulong volume;
    private ulong beyond;
    private ulong circleOfDay;
    private ulong youngKinds;
    private ulong youngerKinds;
    private DelayedDays waitingBeyond;
    private HourActSlots hourActSlots;
    private HourValueSlots hourValueSlots;
    private DaySlotSums daySlotSums;

    /// <summary>Begins with a first act.</summary>
    public void Begin(long nowMs, uint owner)
    {
        (FirstMs, Owner) = (nowMs, owner);
        (hourSlot, daySlot) = (nowMs / HourSlotMs, nowMs / DaySlotMs);
    }

    /// <summary>Lets leave what is too old, and folds finished days into what is usual.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Roll(long nowMs)
    {
        if (nowMs / HourSlotMs > hourSlot)
        {
            RollSlots(nowMs);
        }
    }

    /// <summary>Counts an act, also one that is parked: who hammers at a closed door is not quiet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Attempt()
    {
        hourActSlots[(int)(hourSlot % HourSlots)]++;
        peakActs = Math.Max(peakActs, ++HourActs);
        hasActed = true;
    }

    /// <summary>Notes the time of an act.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Note(long nowMs)
    {
        if (nowMs - LastMs >= StandstillMs)
        {
            ResumedMs = nowMs;
        }

        LastMs = nowMs;
    }

    /// <summary>Whether it stood still, or did until lately.</summary>
    public readonly bool IsCatchingUp(long nowMs) =>
        nowMs - LastMs >= StandstillMs || nowMs - ResumedMs < CatchUpMs;

    /// <summary>Takes in the value of an act that took effect.</summary>
    public void Take(ulong value, ulong beyondUsual, ulong young, ulong circle, bool isCatchingUp)
    {
        var part = new DaySums { Volume = value, Beyond = beyondUsual, Young = young, Circle = circle }.RoomIn(in Day);
        hourValueSlots[(int)(hourSlot % HourSlots)] += part.Volume;
        HourValue += part.Volume;
        peakValue = isCatchingUp ? peakValue : Math.Max(peakValue, HourValue);
        volume = CoarseAmount.Add(volume, part.Volume);
        beyond = CoarseAmount.Add(beyond, part.Beyond);
        circleOfDay = CoarseAmount.Add(circleOfDay, part.Circle);
        daySlotSums[(int)(daySlot % DaySlots)].Add(in part);
        Day.Add(in part);
        peakDay = Math.Max(peakDay, Day.Volume);
    }

    /// <summary>Notes that a person is asked about value beyond what is usual with those who get it.</summary>
    public void Ask(ulong beyondUsual)
    {
        var part = new DaySums { Asked = Math.Min(beyondUsual, CoarseAmount.Max - Day.Asked), Asks = 1 };
        daySlotSums[(int)(daySlot % DaySlots)].Add(in part);
        Day.Add(in part);
    }

    /// <summary>What a person approved is usual at once, and what the agent asked before is no longer held against it.
    /// </summary>
    public void Approve()
    {
        for (var slot = 0; slot < DaySlots; slot++)
        {
            (daySlotSums[slot].Asked, daySlotSums[slot].Asks) = (0, 0);
        }

        (Day.Asked, Day.Asks) = (0, 0);
        PeakValue = Math.Max(PeakValue, HourValue);
        PeakDay = Math.Max(PeakDay, Day.Volume);
        PeakCircle = Math.Max(PeakCircle, Day.Circle);
    }

    /// <summary>Takes in a value of a class: its mean and its sample.</summary>
    public void TakeValue(int valueClass, ulong value)
    {
        ref var mean = ref Means[valueClass];
        Values[(valueClass * SampleSize) + (mean.Count % SampleSize)] = CoarseAmount.Log2(value);
        mean.Count++;
        var weight = Math.Min(mean.Count, SampleSize);
        mean.Mean = value > mean.Mean
            ? mean.Mean + ((value - mean.Mean) / (ulong)weight)
            : mean.Mean - ((mean.Mean - value) / (ulong)weight);
        if (mean.Count == 2 * SampleSize)
        {
            mean.Count = SampleSize;
        }
    }

    /// <summary>Takes in a command type; in probation it counts as settled at once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void TakeKind(ulong bit, bool isFresh)
    {
        if (isFresh)
        {
            SettledKinds |= bit;
        }
        else if ((SettledKinds & bit) == 0)
        {
            youngerKinds |= bit;
        }
    }

    private void RollSlots(long nowMs)
    {
        for (var (slot, last) = (hourSlot + 1, nowMs / HourSlotMs); slot <= last; slot++)
        {
            var at = (int)(slot % HourSlots);
            HourActs -= hourActSlots[at];
            HourValue -= hourValueSlots[at];
            (hourActSlots[at], hourValueSlots[at]) = (0, 0);
            if (slot - hourSlot >= HourSlots)
            {
                break;
            }
        }

        for (var (slot, last) = (daySlot + 1, nowMs / DaySlotMs); slot <= last; slot++)
        {
            ref var leaving = ref daySlotSums[(int)(slot % DaySlots)];
            Day.Remove(in leaving);
            leaving = default;
            if (slot - daySlot >= DaySlots)
            {
                break;
            }
        }

        (hourSlot, daySlot) = (nowMs / HourSlotMs, nowMs / DaySlotMs);

        // A day ends with a slot, so that it does not matter when within the slot somebody looks.
        var day = (int)(((hourSlot * HourSlotMs) - FirstMs) / DayMs);
        if (day > ownDay)
        {
            Fold(isOneDay: day == ownDay + 1);
            ownDay = day;
        }
    }

    /// <summary>A day without an act changes nothing that is usual: a rest is not a new habit. Nor does it matter
    /// whether somebody looked meanwhile: days that end one by one leave the same as days that end together.
    /// </summary>
    private void Fold(bool isOneDay)
    {
        SettledKinds |= isOneDay ? youngKinds : youngKinds | youngerKinds;
        (youngKinds, youngerKinds) = (isOneDay ? youngerKinds : 0, 0);
        if (!hasActed)
        {
            return;
        }

        hasActed = false;
        Days = Math.Min(Days + 1, UsualDays);
        var share = (uint)Days;
        PeakActs = Math.Max(peakActs, PeakActs - (PeakActs / HourForgetting));
        PeakValue = Math.Max(peakValue, PeakValue - (PeakValue / HourForgetting));
        PeakDay = Math.Max(peakDay, PeakDay - (PeakDay / HourForgetting));
        UsualVolume = UsualVolume - (UsualVolume / share) + (volume / share);
        ref var waiting = ref waitingBeyond[ownDay % LearningDelayDays];
        var ripe = Days < UsualDays ? beyond : waiting;
        PeakBeyond = Math.Max(ripe, PeakBeyond - (PeakBeyond / DayForgetting));
        PeakCircle = Math.Max(circleOfDay, PeakCircle - (PeakCircle / DayForgetting));
        waiting = beyond;
        (peakActs, peakValue, peakDay) = (0, 0, 0);
        (volume, beyond, circleOfDay) = (0, 0, 0);
    }

    /// <summary>Sums that leave together.</summary>
    internal struct DaySums
    {
        /// <summary>All value.</summary>
        public ulong Volume;

        /// <summary>Value beyond what was usual with those who got it.</summary>
        public ulong Beyond;

        /// <summary>An agent: value by command types it is new to. An owner: value of its fresh agents.</summary>
        public ulong Young;

        /// <summary>Value sent back to those it came from.</summary>
        public ulong Circle;

        /// <summary>Value beyond what was usual with those who would have got it, about which people are asked.
        /// </summary>
        public ulong Asked;

        /// <summary>How often they are asked.</summary>
        public ulong Asks;

        /// <summary>As much of these as keeps every sum at <see cref="CoarseAmount.Max"/> or below.</summary>
        public readonly DaySums RoomIn(in DaySums sums) => new()
        {
            Volume = Math.Min(Volume, CoarseAmount.Max - sums.Volume),
            Beyond = Math.Min(Beyond, CoarseAmount.Max - sums.Beyond),
            Young = Math.Min(Young, CoarseAmount.Max - sums.Young),
            Circle = Math.Min(Circle, CoarseAmount.Max - sums.Circle),
        };

        public void Add(in DaySums part)
        {
            Volume += part.Volume;
            Beyond += part.Beyond;
            Young += part.Young;
            Circle += part.Circle;
            Asked += part.Asked;
            Asks += part.Asks;
        }

        public void Remove(in DaySums leaving)
        {
            Volume -= leaving.Volume;
            Beyond -= leaving.Beyond;
            Young -= leaving.Young;
            Circle -= leaving.Circle;
            Asked -= leaving.Asked;
            Asks -= leaving.Asks;
        }
    }

    /// <summary>The mean of a class, the newest 32 values weighing most.</summary>
    internal struct ClassMean
    {
        /// <summary>The mean.</summary>
        public ulong Mean;

        /// <summary>Values taken in, at least as far as they matter.</summary>
        public int Count;
    }

    [InlineArray(Classes)]
    internal struct ClassMeans
    {
        private ClassMean first;
    }

    [InlineArray(Classes * SampleSize)]
    internal struct Sample
    {
        private ushort first;
    }

    [InlineArray(LearningDelayDays)]
    private struct DelayedDays
    {
        private ulong first;
    }

    [InlineArray(HourSlots)]
    private struct HourActSlots
    {
        private uint first;
    }

    [InlineArray(HourSlots)]
    private struct HourValueSlots
    {
        private ulong first;
    }

    [InlineArray(DaySlots)]
    private struct DaySlotSums
    {
        private DaySums first;
    }
}
