// From text to token ids and back, and from logits to the next id. Plain C#: no package is needed for this file.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Glassbox
{
    /// <summary>One token per character, or byte pairs: the two kinds of tokenizer that a Glassbox model can have.</summary>
    public sealed class Tokenizer
    {
        readonly List<int> characters = new List<int>();
        readonly List<int[]> merges = new List<int[]>();
        readonly bool byCharacter;

        /// <summary>One token for each character of the text, in their order.</summary>
        public Tokenizer(string characters)
        {
            byCharacter = true;
            this.characters.AddRange(CodePoints(characters));
        }

        /// <summary>The 256 bytes, then one token for each merge of two earlier ones.</summary>
        public Tokenizer(IEnumerable<int[]> merges)
        {
            this.merges.AddRange(merges);
        }

        /// <summary>The ids of a text. Characters that the model has never seen are left out.</summary>
        public List<int> Encode(string text)
        {
            if (byCharacter)
                return CodePoints(text).Select(c => characters.IndexOf(c)).Where(id => id >= 0).ToList();
            var ids = new List<int>();
            foreach (string word in Words(text))
            {
                var pieces = Encoding.UTF8.GetBytes(word).Select(b => (int)b).ToList();
                while (true)
                {
                    // The earliest learned pair goes first, everywhere in the word.
                    int best = -1;
                    for (int at = 0; at + 1 < pieces.Count; at++)
                    {
                        int rank = merges.FindIndex(m => m[0] == pieces[at] && m[1] == pieces[at + 1]);
                        if (rank >= 0 && (best < 0 || rank < best)) best = rank;
                    }
                    if (best < 0) break;
                    var joined = new List<int>();
                    for (int at = 0; at < pieces.Count; at++)
                    {
                        bool pair = at + 1 < pieces.Count && pieces[at] == merges[best][0] && pieces[at + 1] == merges[best][1];
                        joined.Add(pair ? 256 + best : pieces[at]);
                        if (pair) at++;
                    }
                    pieces = joined;
                }
                ids.AddRange(pieces);
            }
            return ids;
        }

        /// <summary>The text of ids. Bytes that form no character are left out.</summary>
        public string Decode(IEnumerable<int> ids)
        {
            if (byCharacter)
                return string.Concat(ids.Where(id => id < characters.Count).Select(id => char.ConvertFromUtf32(characters[id])));
            var bytes = new List<byte>();
            foreach (int id in ids)
            {
                var waiting = new Stack<int>();
                waiting.Push(id);
                while (waiting.Count > 0)
                {
                    int next = waiting.Pop();
                    if (next < 256) { bytes.Add((byte)next); continue; }
                    waiting.Push(merges[next - 256][1]);
                    waiting.Push(merges[next - 256][0]);
                }
            }
            return Encoding.UTF8.GetString(bytes.ToArray()).Replace("\ufffd", "");
        }

        enum Kind { Letter, Digit, Space, Other }

        static Kind KindOf(int c)
        {
            string one = char.ConvertFromUtf32(c);
            if (char.IsLetter(one, 0)) return Kind.Letter;
            UnicodeCategory category = CharUnicodeInfo.GetUnicodeCategory(one, 0);
            if (category == UnicodeCategory.LetterNumber) return Kind.Letter;
            if (category == UnicodeCategory.DecimalDigitNumber || category == UnicodeCategory.OtherNumber) return Kind.Digit;
            return char.IsWhiteSpace(one, 0) ? Kind.Space : Kind.Other;
        }

        /// <summary>Cuts before every change between letters, digits, white space and the rest; one space joins the word behind it.</summary>
        static IEnumerable<string> Words(string text)
        {
            List<int> all = CodePoints(text).ToList();
            for (int from = 0; from < all.Count;)
            {
                Kind body = KindOf(all[from]);
                int to = from + 1;
                for (; to < all.Count; to++)
                {
                    Kind next = KindOf(all[to]);
                    if (to == from + 1 && all[from] == ' ' && next != Kind.Space) { body = next; continue; }
                    if (next == body) continue;
                    // A run of spaces leaves its last one to the word behind it.
                    if (body == Kind.Space && to > from + 1 && all[to - 1] == ' ') to--;
                    break;
                }
                yield return string.Concat(all.Skip(from).Take(to - from).Select(char.ConvertFromUtf32));
                from = to;
            }
        }

        static IEnumerable<int> CodePoints(string text)
        {
            for (int at = 0; at < text.Length; at++)
            {
                // Half a pair, which is no character, becomes the sign for one that is unknown.
                bool pair = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
                if (pair) yield return char.ConvertToUtf32(text[at], text[++at]);
                else yield return char.IsSurrogate(text[at]) ? 0xfffd : text[at];
            }
        }
    }

    /// <summary>Chooses the next token.</summary>
    public static class Sampler
    {
        /// <summary>The likeliest token; of equals the first.</summary>
        public static int Best(float[] logits)
        {
            int best = 0;
            for (int id = 1; id < logits.Length; id++) if (logits[id] > logits[best]) best = id;
            return best;
        }

        /// <summary>Probabilities at a temperature above 0, of the topK likeliest tokens (0 keeps all).</summary>
        public static double[] Chances(float[] logits, double temperature, int topK)
        {
            int[] order = Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).ThenBy(id => id).ToArray();
            if (topK > 0) order = order.Take(topK).ToArray();
            var chances = new double[logits.Length];
            foreach (int id in order) chances[id] = Math.Exp((logits[id] - (double)logits[order[0]]) / temperature);
            double sum = chances.Sum();
            return chances.Select(chance => chance / sum).ToArray();
        }

        /// <summary>The token that a number from 0 to 1 lands on when the probabilities are laid end to end.</summary>
        public static int Draw(double[] chances, double uniform)
        {
            double end = 0;
            for (int id = 0; id < chances.Length; id++)
            {
                end += chances[id];
                if (uniform < end) return id;
            }
            return Array.FindLastIndex(chances, chance => chance > 0);
        }
    }
}
