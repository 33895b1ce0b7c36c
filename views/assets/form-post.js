// Goes on by itself; without scripts the button does.
document.getElementById('form-post').submit();
