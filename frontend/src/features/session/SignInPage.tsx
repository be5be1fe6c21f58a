/** Signing in. Shown in place of the page that was asked for, so that it opens right after. */
import { SignInForm } from './components/SignInForm';

export function SignInPage() {
  return (
    <main className="lh-sign-in">
      <title>Sign in · LabelHub</title>
      <div>
        <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width={36} height={36} />
        <h1>LabelHub</h1>
        <SignInForm />
        <p className="lh-note">No account, or the password is lost? Ask your data manager or administrator.</p>
      </div>
    </main>
  );
}
